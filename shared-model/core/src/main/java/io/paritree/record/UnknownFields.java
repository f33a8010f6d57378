package io.paritree.record;

/** What happens to a field that no feature reads. */
public enum UnknownFields {
  /** It is a fault of the record: most likely a name is mistyped. */
  REJECT,
  /** It is skipped and counted. */
  IGNORE
}
