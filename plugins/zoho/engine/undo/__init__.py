"""Take back what a run wrote, from its recorded before-images: planned first, shown, then carried out (BEY-3)."""
