package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.output.StateDirectory;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Nights that are scored into a table, while other programs rewrite its files between them: nights
 * with a tenth of the rows are held, no other one is, and no profile is lost.
 *
 * <p>One night more than there are statements; {@code -Dparitree.nights=N} makes it longer.
 */
final class RewrittenNights {
  private static final int ROWS = 100;

  private final Path input;
  private final Location state;
  private final List<String> statements;
  private final Consumer<String> sql;
  private final int nights;

  /**
   * @param input receives the nights
   * @param state of the table
   * @param statements of other programs, two or more; {@code ID} is a row of a published night,
   *     {@code LAST} of the last one
   */
  RewrittenNights(Path input, Location state, List<String> statements, Consumer<String> sql) {
    this.input = input;
    this.state = state;
    this.statements = statements;
    this.sql = sql;
    this.nights = Integer.getInteger("paritree.nights", statements.size() + 1);
  }

  /** A run over some nights. */
  interface Scoring {
    JobRun of(Object... options);
  }

  void check(Scoring scoring) throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("RewrittenNights: -Dseed=" + seed);
    Random random = new Random(seed);
    Set<Integer> broken = new HashSet<>();
    while (broken.size() < Math.max(1, nights / 10)) {
      broken.add(2 + random.nextInt(nights - 2));
    }

    List<Integer> published = new ArrayList<>();
    for (int night = 0; night < nights; night++) {
      String day = day(night);
      int rows = broken.contains(night) ? ROWS / 10 : ROWS;
      Parcels.write(input.resolve(day), night * ROWS, night * ROWS + rows, 0, 2);
      JobRun run = scoring.of("--drift", "gate", "--partition", day, "--input", input);

      assertThat(run.exitCode())
          .as("night %s of broken %s%n%s%s", night, broken, run.out(), run.err())
          .isEqualTo(broken.contains(night) ? 8 : 0);
      if (run.exitCode() == 0) {
        published.add(night);
      }

      // Each statement once, then by chance; a night before is changed, or the last one.
      String statement = statements.get(night % statements.size());
      if (night >= statements.size()) {
        statement = statements.get(random.nextInt(statements.size()));
      }

      int other =
          published.get(published.size() - 1 - random.nextInt(Math.min(2, published.size())));
      String id = String.valueOf(other * ROWS + random.nextInt(ROWS / 10));
      String last = String.valueOf(published.get(published.size() - 1) * ROWS);
      Stream.of(statement.replace("ID", id).replace("LAST", last).split(";")).forEach(sql);
    }

    assertThat(profiles())
        .containsExactlyElementsOf(published.stream().map(RewrittenNights::day).toList());
  }

  private static String day(int night) {
    return "day=" + LocalDate.of(2024, 1, 1).plusDays(night);
  }

  private Set<String> profiles() throws IOException {
    Set<String> profiles = new TreeSet<>();
    Path all = StateDirectory.profiles(state).toPath();
    try (Stream<Path> files = Files.walk(all)) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(".json"))
          .forEach(file -> profiles.add(all.relativize(file.getParent()).toString()));
    }

    return profiles;
  }
}
