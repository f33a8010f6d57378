package io.paritree.serving.log;

/** A log of callers' requests, which may be off. Thread-safe. */
public abstract sealed class CallersLog implements AutoCloseable
    permits RequestLines, PredictionLog {
  final LineWriter writer; // null if the log is off

  CallersLog(LineWriter writer) {
    this.writer = writer;
  }

  public final boolean on() {
    return writer != null;
  }

  /** Returns the number of lines that were not written. */
  final long dropped() {
    return on() ? writer.dropped() : 0;
  }

  /** Returns 1 while lines cannot be written, otherwise 0. */
  final long failing() {
    return on() && writer.isFailing() ? 1 : 0;
  }

  @Override
  public final void close() {
    if (on()) {
      writer.close();
    }
  }
}
