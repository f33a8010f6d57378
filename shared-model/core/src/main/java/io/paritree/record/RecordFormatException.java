package io.paritree.record;

/** A file of records cannot be read, or lacks a column; the message names the file. */
public final class RecordFormatException extends Exception {
  RecordFormatException(String message) {
    super(message);
  }

  RecordFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
