"""Control of an integration: pause, resume, disable, enable, remove (OPS-5, CON-7, CON-8)."""
