package io.paritree.spark.outcomes;

import io.paritree.Fault;
import io.paritree.spark.ending.FailedException;
import io.paritree.spark.scores.AskedScores;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

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

  /** What is before and after a name in a message that is not a part of a longer one. */
  private static final String BEGIN = "(?<![\\p{L}\\p{N}/._~%=+-])";

  private static final String END = "(?=$|[/ .,;:'\")\\]])";

  /**
   * What a command reads.
   *
   * @param name as it was given
   */
  private record Source(String name, Location location, GoneFiles files) {}

  /**
   * Returns of what a file is: the innermost source that the message names, else the published
   * scores. Some stores leave out of a message on which of them the file is.
   *
   * @param message says which file
   * @param hadoop settings of Hadoop's client
   */
  static GoneFiles of(OutcomeQuery query, String message, Map<String, String> hadoop)
      throws IOException {
    List<Source> sources = sources(query, hadoop);
    String plain = message.replaceAll("file:/+", "/");
    return innermost(sources, plain, source -> source.location.toString())
        .or(() -> innermost(sources, plain, source -> "files of %s are".formatted(source.name)))
        .or(() -> innermost(sources, plain, source -> source.location.path()))
        .orElse(new GoneFiles(query.published().name(), PUBLISHED));
  }

  private static Optional<GoneFiles> innermost(
      List<Source> sources, String message, Function<Source, String> text) {
    return sources.stream()
        .filter(source -> isIn(message, text.apply(source)))
        .max(Comparator.comparingInt(source -> text.apply(source).length()))
        .map(Source::files);
  }

  private static boolean isIn(String message, String text) {
    return Pattern.compile(BEGIN + Pattern.quote(text) + END).matcher(message).find();
  }

  private static List<Source> sources(OutcomeQuery query, Map<String, String> hadoop)
      throws IOException {
    List<Source> sources = new ArrayList<>();
    AskedScores scores = query.published();
    add(sources, scores.output(), scores.table(), "%s", PUBLISHED, hadoop);
    add(sources, "", query.labels().source(), "the labels %s", GIVEN, hadoop);
    if (!query.challenger().isEmpty()) {
      add(sources, query.challenger(), "", "the challenger's scores %s", PUBLISHED, hadoop);
    }

    return sources;
  }

  /**
   * @param directory empty for a table
   * @param table a path if it has a slash, otherwise a name that no message has
   */
  private static void add(
      List<Source> sources,
      String directory,
      String table,
      String what,
      String cure,
      Map<String, String> hadoop)
      throws IOException {
    String name = table.isEmpty() ? directory : table;
    if (table.isEmpty() || table.contains("/")) {
      GoneFiles files = new GoneFiles(what.formatted(name), cure);
      sources.add(new Source(name, FileStore.located(name, hadoop), files));
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
