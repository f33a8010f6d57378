package io.paritree.spark.insight.audit;

import java.util.Locale;

/** What an audit says of a partition. */
enum AuditVerdict {
  /** All its rows were scored again, with the same bits. */
  PROVED,
  /** So were the rows of a sample of the keys. */
  PROVED_BY_SAMPLE,
  /** Its files have the digests that were written; its rows could not be scored again. */
  CONSISTENT,
  /** A file, a row or the model is another one. */
  DIFFERS,
  /** Neither: something is missing. */
  UNPROVABLE;

  /** Returns its stable name in documents. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isProved() {
    return this == PROVED || this == PROVED_BY_SAMPLE;
  }
}
