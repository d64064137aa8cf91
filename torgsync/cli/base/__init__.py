"""What every command uses: program, options, progress, rendering."""
