"""Places for files: a folder, or a server with FTP, SFTP or S3."""
