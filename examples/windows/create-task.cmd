@echo off
rem `torgsync schedule install --with windows` makes a task by itself, for what `torgsync schedule list` shows.
rem By hand, every 30 minutes from 8:00 to 21:00, for the user who calls this, while logged in. Keep the token in
rem a file, `torgsync object edit "My Prom" --api-key -`: a task knows nothing of your variables.
rem With `--ok-codes` a held change (8), or a run that another one was ahead of (10), shows as "0x0" under
rem "Last Run Result"; the history and the log keep the true code.
schtasks /Create /F /TN torgsync /SC DAILY /ST 08:00 /DU 13:00 /RI 30 /TR "pythonw -m torgsync --quiet sync --object \"My Prom\" --yes --ok-codes 0,8,10"
