package io.paritree.serving.stored;

import io.paritree.output.PartitionValue;
import io.paritree.serving.answer.JsonBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A partition that is published, and does not answer as it is published now.
 *
 * @param path its directory below the output; empty for the whole output
 * @param isTable whether it is the newest version of a table, which may have changed any partition
 * @param reason for callers
 * @param why for operators, with places
 */
public record UnservedPartition(String path, boolean isTable, Reason reason, String why) {
  /** Why a partition does not answer, in words that never change. */
  public enum Reason {
    /** Its index or its manifest is not as it was written. */
    DAMAGED("it is damaged"),
    /** A file of its rows is missing, or has another length. */
    INCOMPLETE("a file of its rows is missing"),
    /** Its run has built no index. */
    NO_INDEX("it has no index"),
    /** Its index is being fetched. */
    INDEX_ON_ITS_WAY("its index is being fetched"),
    /** Another writer has made the newest version of the table. */
    FOREIGN_VERSION("another writer has made the newest version"),
    /** It cannot be read now, or there is no room for a copy of its index. */
    UNREADABLE("it cannot be read now");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** Returns the word in answers. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the reason as a sentence of people. */
    public String text() {
      return text;
    }
  }

  public static UnservedPartition partition(String path, Reason reason, String why) {
    return new UnservedPartition(path, false, reason, why);
  }

  static UnservedPartition table(Reason reason, IOException why) {
    return new UnservedPartition("", true, reason, why.getMessage());
  }

  /** Returns the name of the partition for people. */
  public String name() {
    if (isTable) {
      return "the table";
    }

    return path.isEmpty() ? "the output" : path;
  }

  public boolean isDamaged() {
    return reason == Reason.DAMAGED;
  }

  /** Returns the values of the partition by their columns; a value may be null. */
  public Map<String, String> values() {
    return PartitionValue.texts(path);
  }

  /** Returns whether a partition that this one hides is this one, or older. */
  public boolean isNoOlderThan(OpenPartition partition) {
    return isTable || PartitionValue.ORDER.compare(path, partition.path()) >= 0;
  }

  /** Returns these, newest first. */
  static List<UnservedPartition> ordered(Collection<UnservedPartition> all) {
    return all.stream()
        .sorted(
            Comparator.comparing(UnservedPartition::isTable)
                .thenComparing(UnservedPartition::path, PartitionValue.ORDER)
                .reversed())
        .toList();
  }

  /** Returns it as the object that answers have in their member {@code stale}. */
  public byte[] json() {
    JsonBytes json = new JsonBytes().raw('{');
    if (!isTable) {
      json.raw("\"partition\":").raw(OpenPartition.json(path)).raw(',');
    }

    return json.raw("\"reason\":\"").raw(reason.word()).raw("\"}").toByteArray();
  }

  /** Returns the member {@code stale}, after a comma. */
  public String member() {
    return ",\"stale\":" + new String(json(), StandardCharsets.UTF_8);
  }
}
