"""What publishing photos is compared with: `python tests/bench/copying.py FOLDER THREADS TARGET [ENDPOINT]`.

It copies the files of a folder by as many threads, into another folder, or into the bucket TARGET of the S3
service at ENDPOINT. It looks at no picture, gives no other names and remembers nothing.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copyfile


def main() -> None:
    """Copy everything."""
    folder, threads, target, *endpoint = sys.argv[1:]
    paths = list(Path(folder).iterdir())
    with ThreadPoolExecutor(int(threads)) as pool:
        if not endpoint:
            Path(target).mkdir(parents=True)
            list(pool.map(lambda path: copyfile(path, Path(target) / path.name), paths))
            return
        import boto3

        client = boto3.client("s3", endpoint_url=endpoint[0], region_name="us-east-1")
        list(pool.map(lambda path: client.upload_file(str(path), target, f"copied/{path.name}"), paths))


if __name__ == "__main__":
    main()
