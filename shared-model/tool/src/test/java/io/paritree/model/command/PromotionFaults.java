package io.paritree.model.command;

import io.paritree.comparison.OutcomeDocuments;
import io.paritree.model.TestPackages;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.ModelStore;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kills {@code scripts/model promote} around the move of an alias, each time of another one, and
 * checks that the alias names its old version or the new one, and that its journal says the same;
 * then, once the killed processes must have ended, that each alias moves again.
 *
 * <p>Run: {@code scripts/faults model [--kills N] [--seed N]}. Exit code 1 if anything was wrong.
 */
final class PromotionFaults {
  private static final String NAME = TestPackages.BINARY;

  /** Of as many kills one is at any time, and the others are at the move. */
  private static final int AT_ANY_TIME = 5;

  private static final int LEAST_SECONDS = 61;
  private static final int MOST_TRIES = 20;
  private static final int SLOW_MINUTES = 2;
  private static final int KILLED = 128 + 9;

  /** How far a promotion has come. */
  private enum State {
    NOT_BEGUN,
    IN_THE_JOURNAL,
    MOVED,
    CONFIRMED
  }

  private final Path script;
  private final Path directory;
  private final Path store;
  private final Path evidence;
  private final ModelStore models;
  private final Random random;
  private final List<String> wrong = new ArrayList<>();
  private final Map<State, Integer> found = new EnumMap<>(State.class);
  private final List<String> killed = new ArrayList<>(); // aliases
  private long wholeNanos;
  private long moveNanos;

  private PromotionFaults(Path directory, long seed) throws IOException {
    this.script = Path.of(System.getProperty("paritree.root"), "scripts/model");
    this.directory = directory;
    this.random = new Random(seed);
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary(1, 5);
    packages.binary(2, 6);
    this.store = packages.store();
    this.models = new ModelStore(Location.of(store));
    this.evidence =
        Files.write(
            directory.resolve("outcomes.json"),
            OutcomeDocuments.of(
                models.digest(NAME, 1).stream().toList(),
                models.digest(NAME, 2).stream().toList(),
                LocalDate.now(ZoneOffset.UTC).toString()));
  }

  public static void main(String[] arguments) throws Exception {
    int kills = 100;
    long seed = System.nanoTime();
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--kills" -> kills = Integer.parseInt(given.next());
        case "--seed" -> seed = Long.decode(given.next());
        default -> {
          System.err.println("Usage: faults model [--kills N] [--seed N]");
          System.exit(2);
        }
      }
    }

    Path directory = Files.createTempDirectory("paritree-promotions");
    PromotionFaults trial = new PromotionFaults(directory, seed);
    trial.run(kills);
    System.out.printf(
        "%s promotions killed: %s; %s, seed %s%n",
        trial.killed.size(),
        trial.found,
        trial.wrong.isEmpty() ? "each alias and its journal agree" : "WRONG " + trial.wrong,
        seed);
    if (trial.wrong.isEmpty()) {
      FileStore.of(Location.of(directory)).delete(Location.of(directory));
    } else {
      System.out.println("What they have left is in " + directory);
      System.exit(1);
    }
  }

  private void run(int kills) throws Exception {
    measure("first"); // may make an archive of classes
    measure("second");
    for (int tries = 0; killed.size() < kills && tries < MOST_TRIES * kills; tries++) {
      kill("alias-" + tries);
    }

    if (killed.size() < kills) {
      wrong.add("only %s were killed before they had ended".formatted(killed.size()));
    }

    TimeUnit.SECONDS.sleep(LEAST_SECONDS);
    for (String alias : killed) {
      moveAgain(alias);
    }
  }

  /** Finds out how long a promotion takes, and its move. */
  private void measure(String alias) throws Exception {
    models.setAlias(NAME, alias, 1);
    long began = System.nanoTime();
    Process process = start(alias);
    awaitMove(alias, process);
    long moved = System.nanoTime();
    if (process.waitFor() != 0 || models.alias(NAME, alias) != 2) {
      throw new IllegalStateException("Cannot promote: see " + directory.resolve("printed"));
    }

    wholeNanos = System.nanoTime() - began;
    moveNanos = Math.max(2_000_000, (System.nanoTime() - moved) / 2);
  }

  private Process start(String alias) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(script.toString()), Stream.of(promote(alias))).toList());
    builder.environment().put("PARITREE_BUILT", "1");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("printed").toFile());
    return builder.start();
  }

  private String[] promote(String alias) {
    return new String[] {
      "promote",
      "--store",
      store.toString(),
      "--name",
      NAME,
      "--to",
      alias,
      "--version",
      "2",
      "--evidence",
      evidence.toString(),
      "--require",
      "challenger.n >= 1",
      "--require",
      "age.days <= 2"
    };
  }

  /** Waits until the process begins to write into the alias's journal, or has ended. */
  private void awaitMove(String alias, Process process) {
    Path journal = store.resolve(NAME).resolve("moves").resolve(alias);
    while (process.isAlive() && entries(journal) < 2) {
      Thread.onSpinWait();
    }
  }

  private static long entries(Path journal) {
    try (Stream<Path> entries = Files.list(journal)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill(String alias) throws Exception {
    models.setAlias(NAME, alias, 1);
    Process process = start(alias);
    if (killed.size() % AT_ANY_TIME == 0) {
      TimeUnit.NANOSECONDS.sleep((long) (random.nextDouble() * wholeNanos));
    } else {
      awaitMove(alias, process);
      long until = System.nanoTime() + (long) (random.nextDouble() * moveNanos);
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }

    process.destroyForcibly();
    if (!process.waitFor(SLOW_MINUTES, TimeUnit.MINUTES)) {
      throw new IllegalStateException("Cannot kill process " + process.pid());
    }

    if (process.exitValue() == KILLED) {
      killed.add(alias);
      check(alias);
    } else {
      require(alias, process.exitValue() == 0, "exit code " + process.exitValue());
    }
  }

  private void check(String alias) throws Exception {
    AliasHistory history = models.history(NAME, alias, Integer.MAX_VALUE);
    long version = models.alias(NAME, alias);
    int moves = history.moves().size();
    boolean isOld = history.version().equals(Optional.of(1L));
    State state = State.NOT_BEGUN;
    if (moves == 2) {
      AliasMove move = history.moves().get(1);
      State open = isOld ? State.IN_THE_JOURNAL : State.MOVED;
      state = move.confirmed().isPresent() ? State.CONFIRMED : open;
      require(alias, move.action().equals(AliasMove.PROMOTE) && move.promotion().isPresent(), move);
      require(alias, move.promotion().orElseThrow().requirements().size() == 2, move);
    }

    require(alias, version == 1 || version == 2, version);
    require(alias, moves == 1 ? isOld : moves == 2, history);
    require(alias, state != State.CONFIRMED || version == 2, history);
    require(alias, moves == 1 || history.happened(1) == (version == 2), history);
    require(alias, history.fitsLastMove() && history.unreadable().isEmpty(), history);
    require(alias, models.aliases(NAME).stream().noneMatch(own -> own.startsWith(".")), "listed");
    found.merge(state, 1, Integer::sum);
  }

  private void require(String alias, boolean holds, Object what) {
    if (!holds) {
      wrong.add("%s: %s".formatted(alias, what));
    }
  }

  /** Promotes what names the old version, and moves back what names the new one. */
  private void moveAgain(String alias) throws Exception {
    boolean isOld = models.alias(NAME, alias) == 1;
    String[] back = {
      "alias", "--store", store.toString(), "--name", NAME, "--alias", alias, "--back"
    };
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed, true);
    int exitCode = ModelMain.run(out, out, isOld ? promote(alias) : back);
    AliasHistory history = models.history(NAME, alias, Integer.MAX_VALUE);
    require(alias, exitCode == 0, printed);
    require(alias, history.version().equals(Optional.of(isOld ? 2L : 1L)), history);
    require(alias, history.fitsLastMove(), history);
    for (int index = 1; index < history.moves().size(); index++) {
      boolean follows = history.moves().get(index).from().equals(history.after(index - 1));
      require(alias, follows, history);
    }
  }
}
