package io.paritree.model.command;

/** The form in which a command prints its result. */
enum OutputFormat {
  /** Lines for people; may change. */
  TEXT,
  /** One JSON document for machines. */
  JSON
}
