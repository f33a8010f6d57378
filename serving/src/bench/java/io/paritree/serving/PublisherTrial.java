package io.paritree.serving;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A publisher who puts into outputs whatever it wants ({@link BrokenOutput}), and a server with a
 * small heap. The model answers throughout, no row is wrong, each look ends, and once the output is
 * as it was, its newest rows answer again. Some servers are started while an output is broken: they
 * answer as the one before did.
 */
@Command(
    name = "publisher",
    description =
        "Outputs of stored scores that are broken in many ways: the model answers, and no row is"
            + " wrong.")
public final class PublisherTrial extends Trial {
  private static final int KEYS_PER_CHECK = 12;
  private static final int LOOK_SECONDS = 120;
  private static final int RESTART_EVERY = 9;

  @Option(names = "--times", description = "Number of broken outputs. Default: ${DEFAULT-VALUE}.")
  private int times = 200;

  @Option(names = "--seed", description = "Replays what is broken; default: a new seed each time.")
  private long seed = System.nanoTime();

  @Option(names = "--only", description = "Breaks outputs only in these ways.", split = ",")
  private List<BrokenOutput> only = List.of(BrokenOutput.values());

  private final Map<String, Integer> refused = new TreeMap<>();
  private final AtomicBoolean isEnding = new AtomicBoolean();
  private ServedOutputs outputs;
  private Random random;
  private ServeRun server;
  private volatile int port;
  private volatile boolean isRestarting;
  private long scored;
  private long rows;
  private long longest;
  private int restarts;

  @Override
  String run() throws Exception {
    System.out.println("Seed " + seed);
    new TestPackages(directory().resolve("store")).binary(1, 10);
    outputs = new ServedOutputs(directory().resolve("data"));
    server = start();
    CompletableFuture<Void> scoring =
        CompletableFuture.runAsync(this::score, PublisherTrial::begin);
    try {
      for (int number = 0; number < times; number++) {
        random = new Random(seed + number);
        trial(number, only.get(number % only.size()));
      }
    } finally {
      isEnding.set(true);
      scoring.join();
      server.close();
    }

    return String.format(
        Locale.ROOT,
        "publisher: times=%s kinds=%s refused=%s rows=%s scored=%s longest=%.0fms restarts=%s seed=%s",
        times,
        only.size(),
        refused,
        rows,
        scored,
        longest / 1e6,
        restarts,
        seed);
  }

  private ServeRun start() throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("--model", directory().resolve("store").resolve(TestPackages.BINARY).toString()));
    for (Map.Entry<String, Path> output : outputs.paths().entrySet()) {
      arguments.addAll(List.of("--scores", output.getKey() + "=" + output.getValue()));
    }

    String admin = "security.admin-tokens=" + AccessTable.settings().get("security.admin-tokens");
    String indexes = "scores.index-directory=\"" + directory().resolve("indexes") + '"';
    String bodies = "limits.pending-bodies=16 MiB"; // few are sent, and reports of runs need heap
    for (String setting :
        List.of("scores.poll=0 s", "scores.index-size=64 MiB", indexes, admin, bodies)) {
      arguments.addAll(List.of("--set", setting));
    }

    ServeRun run =
        new ServeRun(
            directory(),
            Map.of("PARITREE_JAVA_OPTS", "-Xmx256m"),
            arguments.toArray(String[]::new));
    port = run.port();
    return run;
  }

  /** Runs a task beside all others, however few cores there are. */
  static void begin(Runnable task) {
    Thread thread = new Thread(task, "publisher");
    thread.setDaemon(true);
    thread.start();
  }

  /** Scores a record again and again, until the end. */
  private void score() {
    String expected = null;
    while (!isEnding.get()) {
      try (Client client = new Client(port)) {
        while (!isEnding.get() && !isRestarting) {
          long begin = System.nanoTime();
          Answer answer = client.post(SCORE, RECORD);
          longest = Math.max(longest, System.nanoTime() - begin);
          scored++;
          expected = expected == null ? answer.body() : expected;
          claim(
              answer.status() == 200 && answer.body().equals(expected),
              "the model: %s %s",
              answer.status(),
              answer.body());
          pause(2);
        }
      } catch (IOException | RuntimeException e) {
        claim(isRestarting || isEnding.get(), "the model: %s", e);
      }

      pause(20);
    }
  }

  private void trial(int number, BrokenOutput kind) throws Exception {
    String name =
        "%s %s (--seed %s --times 1 --only %s)".formatted(number, kind, seed + number, kind);
    int before = failures();
    outputs.prepare(random);
    look(name);
    outputs.keep();
    String what;
    try (BrokenOutput.Meddling meddling = kind.breakOne(outputs, random)) {
      what = name + ", " + meddling.what();
      int looks = 1 + random.nextInt(2);
      for (int count = 0; count < looks; count++) {
        if (look(what).status() == 409) {
          refused.merge(kind.name(), 1, Integer::sum);
        }

        answers(what, kind, false);
      }

      if (number % RESTART_EVERY == RESTART_EVERY - 1) {
        restart(what, kind);
      }
    }

    outputs.mend();
    Answer healed = look(what);
    if (healed.status() != 200) { // what a look has found absent is absent after two
      healed = look(what);
    }

    claim(healed.status() == 200, "%s: it is not healed: %s", what, healed.body());
    answers(what, kind, true);
    if (failures() > before) {
      System.out.println("FAILED at " + what);
    }
  }

  private void restart(String what, BrokenOutput kind) throws Exception {
    look(what); // what was found damaged by an answer is known to the next look
    List<String> before = answers(what, kind, false);
    isRestarting = true;
    server.close();
    server = start();
    isRestarting = false;
    restarts++;
    answers(what, kind, false);
    look(what);
    List<String> after = answers(what, kind, false);
    claim(
        !kind.isSteady() || after.equals(before),
        "%s: before a restart%n%s%nand after it%n%s",
        what,
        before,
        after);
  }

  /** Lets the server look for new partitions. */
  private Answer look(String what) throws Exception {
    CompletableFuture<Answer> looked =
        CompletableFuture.supplyAsync(
            () -> {
              try (Client operator = new Client(server.managementPort())) {
                return operator.send(
                    "POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            PublisherTrial::begin);
    try {
      return looked.get(LOOK_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      claim(false, "%s: a look has not ended after %s s", what, LOOK_SECONDS);
    } catch (ExecutionException e) {
      claim(false, "%s: %s; server: %s", what, e.getCause(), server.process().isAlive());
    }

    return new Answer(0, Map.of(), new byte[0]);
  }

  /**
   * Asks for rows, and compares them with what was published.
   *
   * @param isWhole whether each must be of the newest partition
   */
  private List<String> answers(String what, BrokenOutput kind, boolean isWhole) throws IOException {
    List<String> answers = new ArrayList<>();
    Random keys = new Random(seed);
    try (Client client = new Client(port)) {
      for (String table : outputs.paths().keySet()) {
        for (int count = 0; count < KEYS_PER_CHECK; count++) {
          int key = keys.nextInt(ServedOutputs.KEYS);
          Answer answer = client.get("/v1/scores/%s/%s".formatted(table, key));
          String wrong = outputs.wrong(table, key, answer, isWhole, kind.isDeletion());
          claim(wrong.isEmpty(), "%s: %s/%s: %s", what, table, key, wrong);
          answers.add("%s/%s %s %s".formatted(table, key, answer.status(), answer.body()));
          rows += answer.status() == 200 ? 1 : 0;
        }
      }
    }

    return answers;
  }
}
