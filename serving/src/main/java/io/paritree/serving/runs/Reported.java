package io.paritree.serving.runs;

/** A partition, with the run that has compared it. */
record Reported(EndedRun run, Night night) {}
