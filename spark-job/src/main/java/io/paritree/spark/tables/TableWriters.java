package io.paritree.spark.tables;

import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Published;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose rows the partitions of a version of a table have: the marks of files say it, and of
 * partitions whose files others have rewritten, which lose them, the records of the runs.
 *
 * <p>Thread-safe.
 */
final class TableWriters implements Published {
  private final TableState state;
  private final WrittenPartitions written;
  private Map<String, Set<String>> recorded; // null until it is asked for

  /**
   * @param place the table's directory
   */
  TableWriters(TableState state, OutputPlace place) {
    this.state = state;
    this.written = new WrittenPartitions(place, state.id());
  }

  @Override
  public Writer writer(String partition, List<String> identities) throws IOException {
    Writer exact = Writer.first(identities, identity -> state.isPublished(partition, identity));
    if (exact.identity().isPresent()) {
      return exact;
    } else if (state.files(partition).isEmpty()) {
      return Writer.GONE;
    }

    Set<String> marked = state.identities(partition);
    if (!marked.isEmpty()) {
      return Writer.first(identities, marked::contains);
    }

    Set<String> own = recorded().get(partition);
    if (own == null) {
      return Writer.UNKNOWN;
    }

    // Older records have no identities: then the last profile is the one of the rows.
    return Writer.first(identities, identity -> own.isEmpty() || own.contains(identity));
  }

  private synchronized Map<String, Set<String>> recorded() throws IOException {
    if (recorded == null) {
      recorded = written.in(state::includes);
    }

    return recorded;
  }
}
