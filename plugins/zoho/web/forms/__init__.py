"""Settings and mappings as forms, made of the models that read the files: no field is missing or left over."""
