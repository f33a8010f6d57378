package io.paritree.spark.outcomes;

import io.paritree.Fault;
import io.paritree.spark.ending.FailedException;
import io.paritree.spark.outcomes.OutcomeQuery.Challenger;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Files that were gone whenever they were read.
 *
 * @param what they are of, for messages
 * @param cure what the operator can do
 */
record GoneFiles(String what, String cure) {
  private static final String PUBLISHED =
      "run this again when no run publishes; if one was removed by hand, publish its partition again";
  private static final String GIVEN = "run this again when nobody replaces them";

  /** What follows a path in a message, if it is not the beginning of a longer name. */
  private static final String ENDS = "/ .,;:'\")]";

  /** What a command reads, and the path by which messages name it. */
  private record Source(String path, GoneFiles files) {
    boolean isNamedIn(String message) {
      for (int at = message.indexOf(path); at >= 0; at = message.indexOf(path, at + 1)) {
        int end = at + path.length();
        if (end == message.length() || ENDS.indexOf(message.charAt(end)) >= 0) {
          return true;
        }
      }

      return false;
    }
  }

  /**
   * Returns of what a file is: the innermost source that the message names, else the published
   * scores.
   *
   * @param message says which file
   * @param hadoop settings of Hadoop's client
   */
  static GoneFiles of(OutcomeQuery query, String message, Map<String, String> hadoop)
      throws IOException {
    GoneFiles published = new GoneFiles(query.published().name(), PUBLISHED);
    List<Source> sources = new ArrayList<>();
    add(sources, query.published().name(), published, hadoop);
    String labels = query.labels().source();
    add(sources, labels, new GoneFiles("the labels " + labels, GIVEN), hadoop);
    if (query.challenger().isPresent()) {
      Challenger other = query.challenger().get();
      String name = other.source();
      GoneFiles files =
          other.model().isEmpty()
              ? new GoneFiles("the challenger's scores " + name, PUBLISHED)
              : new GoneFiles("the input " + name, GIVEN);
      add(sources, name, files, hadoop);
    }

    return sources.stream()
        .filter(source -> source.isNamedIn(message))
        .max(Comparator.comparingInt(source -> source.path.length()))
        .map(Source::files)
        .orElse(published);
  }

  private static void add(
      List<Source> sources, String name, GoneFiles files, Map<String, String> hadoop)
      throws IOException {
    if (name.contains("/")) {
      Location location = FileStore.located(name, hadoop);
      sources.add(new Source(location.path(), files));
    }
  }

  /** Returns the failure of a command that has looked for them so often. */
  FailedException after(int looks, String message, Exception cause) {
    return new FailedException(
        "files of %s were gone when they were read, %s times (%s); %s"
            .formatted(what, looks, Fault.printableLine(message), cure),
        cause);
  }
}
