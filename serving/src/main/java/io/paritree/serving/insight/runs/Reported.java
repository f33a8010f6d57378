package io.paritree.serving.insight.runs;

/** A partition, with the run that has compared it. */
record Reported(EndedRun run, Night night) {}
