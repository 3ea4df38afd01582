// The C libraries are reached through the module map; this file makes the target a target.
