package io.paritree.proof;

import java.util.Locale;

/** The ways to score records by Paritree's own protocol. */
enum HttpForm {
  /** A request for each record. */
  HTTP("score", "application/json"),
  /** Arrays of records. */
  HTTP_BATCH("score-batch", "application/json"),
  /** Lines of JSON. */
  HTTP_LINES("score-batch", "application/x-ndjson"),
  /** CSV with a header. */
  HTTP_CSV("score-batch", "text/csv");

  private final String endpoint;
  private final String type;

  /**
   * @param endpoint the last part of its path
   * @param type of a request's content
   */
  HttpForm(String endpoint, String type) {
    this.endpoint = endpoint;
    this.type = type;
  }

  /** Returns what users call it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String endpoint() {
    return endpoint;
  }

  String type() {
    return type;
  }
}
