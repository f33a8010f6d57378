package io.paritree.serving;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.LookupIndex;
import io.paritree.model.TestPackages;
import io.paritree.output.DamagedFileException;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Indexes that a server builds of published files, and others that it fetches from another store:
 * it is killed meanwhile, the directory of the indexes is full, what it has built is damaged, and a
 * partition is deleted. No answer is wrong, and nothing that is not whole is taken for an index.
 */
final class OwnIndexHarm {
  private static final String DAY = "day=2026-11-24";
  private static final String OLD = "day=2026-11-23";
  private static final String STALE = ",\"stale\":{%s,\"reason\":\"%s\"}}\n";
  private static final int MAX_BYTES = 64 << 20;

  private final Trial trial;
  private final int kills;
  private final int rows;
  private final int damages;
  private final Random random;
  private PublishedRows built;
  private StoredOutput fetched;
  private int fetchedVersion;
  private int answers;
  private int unfinished;

  /**
   * @param kills how often the server is killed
   * @param rows of a partition
   * @param damages how often what was built is damaged
   */
  OwnIndexHarm(Trial trial, int kills, int rows, int damages, Random random) {
    this.trial = trial;
    this.kills = kills;
    this.rows = rows;
    this.damages = damages;
    this.random = random;
  }

  private Path directory() {
    return trial.directory();
  }

  private void claim(boolean held, String claim, Object... figures) {
    trial.claim(held, claim, figures);
  }

  /** Returns the totals. */
  String run() throws Exception {
    built = new PublishedRows(directory().resolve("own/built"));
    fetched = new StoredOutput(directory().resolve("own/fetched"), LookupTrial.FORM, 1);
    built.publish(OLD, 0, 1_000, "old");
    publish();
    ServeRun server = serve();
    try {
      check(server);
      for (int kill = 0; kill < kills; kill++) {
        server = killed(server);
      }

      fill(server);
      damage(server);
      delete(server);
      List<String> errors = Trial.errors(server);
      claim(
          errors.stream().allMatch(line -> line.contains("Cannot read")),
          "errors in the log: %s",
          errors);
    } finally {
      server.close();
    }

    return String.format(
        Locale.ROOT,
        "own: kills=%s unfinished=%s damages=%s answers=%s publications=%s",
        kills,
        unfinished,
        damages,
        answers,
        built.runs());
  }

  /** Publishes a new version of both outputs. */
  private void publish() throws IOException {
    built.publish(DAY, 0, rows, "");
    fetchedVersion++;
    int version = fetchedVersion;
    fetched.publish(
        DAY,
        "m/" + version,
        index -> {
          for (int key = 0; key < rows / 10; key++) {
            index.add(
                List.of(String.valueOf(key)),
                ",\"label\":\"v%sk%s\"".formatted(version, key),
                PublishedRows.score(version, key));
          }
        });
    try (Stream<Path> all = Files.list(directory().resolve("own"))) {
      for (Path old :
          all.filter(path -> path.getFileName().toString().startsWith("old-")).toList()) {
        Trial.deleteAll(old);
      }
    }
  }

  private ServeRun serve() throws IOException {
    Path root = Path.of(System.getProperty("paritree.root"));
    List<String> arguments =
        List.of(
            "--with-hadoop",
            "--model",
            directory().resolve("store").resolve(TestPackages.BINARY).toString(),
            "--scores",
            "built=" + built.path(),
            "--set",
            "scores.fetched.output=\"far://store" + fetched.path() + '"',
            "--set",
            "scores.poll=0 s",
            "--set",
            "scores.index-directory=\"" + indexes() + '"',
            "--set",
            "limits.pending-bodies=16 MiB", // reports of runs need heap
            "--set",
            "scores.index-size=" + MAX_BYTES,
            "--set",
            "security.admin-tokens=" + AccessTable.settings().get("security.admin-tokens"));
    ServeRun run =
        new ServeRun(
            directory(),
            Map.of(
                "PARITREE_JAVA_OPTS",
                "-Xmx256m",
                "PARITREE_CLASSPATH", // the store far://
                root.resolve("serving/target/test-classes").toString()),
            arguments.toArray(String[]::new));
    run.port();
    return run;
  }

  private Path indexes() {
    return directory().resolve("indexes");
  }

  /** Kills the server while it makes the indexes of a new version; returns the next one. */
  private ServeRun killed(ServeRun server) throws Exception {
    publish();
    int managementPort = server.managementPort();
    CompletableFuture<Void> reloading =
        CompletableFuture.runAsync(
            () -> {
              try (Client operator = new Client(managementPort)) {
                reload(operator);
              } catch (IOException e) {
                // it is killed
              }
            });
    Trial.pause(random.nextInt(1_000));
    server.process().destroyForcibly().waitFor(60, TimeUnit.SECONDS);
    reloading.join();
    try (Stream<Path> all = Files.walk(indexes())) {
      for (Path file : all.toList()) {
        if (file.startsWith(indexes().resolve(".incomplete"))) {
          unfinished += file.getFileName().toString().startsWith("shard-") ? 1 : 0;
        } else if (file.endsWith(IndexManifest.FILE)) {
          verify(file.getParent());
        }
      }
    }

    ServeRun next = serve();
    try (Stream<Path> left = Files.list(indexes())) {
      claim(
          left.noneMatch(file -> isFilled(file)), "the next start has left what was not finished");
    }

    check(next);
    return next;
  }

  private static boolean isFilled(Path file) {
    String[] entries = file.toFile().list();
    return file.endsWith(".incomplete") && entries != null && entries.length > 0;
  }

  private void verify(Path index) throws IOException {
    try {
      LookupIndex.verify(index);
    } catch (DamagedFileException e) {
      claim(false, "after a kill: %s", e.getMessage());
    }
  }

  /** Compares answers of both outputs with what was published last. */
  private void check(ServeRun server) throws IOException {
    check(server, "built", built.runs(), rows, "");
    check(server, "fetched", fetchedVersion, rows / 10, "");
  }

  private void check(ServeRun server, String table, int version, int count, String stale)
      throws IOException {
    try (Client client = new Client(server.port())) {
      for (int number = 0; number < 200; number++) {
        int key = random.nextInt(count);
        Answer answer = client.get("/v1/scores/%s/%s".formatted(table, key));
        answers++;
        claim(isRow(answer, DAY, version, key, stale), "%s %s: %s", table, key, answer.body());
      }
    }
  }

  /**
   * Returns whether an answer is the row of a key as a version of a partition has it.
   *
   * @param stale why the newest publication of the newest partition does not answer; empty if it
   *     does
   */
  private static boolean isRow(
      Answer answer, String partition, int version, int key, String stale) {
    String body = answer.body();
    return answer.status() == 200
        && body.contains("{\"key\":{\"loan_id\":%s},%s,".formatted(key, json(partition)))
        && body.contains("\"label\":\"v%sk%s\"".formatted(version, key))
        && body.contains("\"score\":%s,".formatted(PublishedRows.score(version, key)))
        && body.contains("\"model_version\":\"m/" + version + "\"")
        && body.contains("\"stale\":") != stale.isEmpty()
        && (stale.isEmpty() || body.endsWith(STALE.formatted(json(DAY), stale)));
  }

  private static String json(String partition) {
    return "\"partition\":{\"%s\"}".formatted(partition.replace("=", "\":\""));
  }

  /** Publishes what the directory has no room for: the old version answers, and what fits next. */
  private void fill(ServeRun server) throws IOException {
    int before = built.runs();
    built.publish(DAY, 0, rows, "x".repeat(MAX_BYTES / rows));
    try (Client operator = new Client(server.managementPort())) {
      for (int look = 0; look < 2; look++) {
        Answer refused = reload(operator);
        claim(refused.status() == 409, "a full directory: %s", refused.body());
        String health = operator.get("/health/ready").body();
        claim(health.contains("raise scores.index-size"), "a full directory: %s", health);
        check(server, "built", before, rows, "unreadable");
        check(server, "fetched", fetchedVersion, rows / 10, "");
      }

      publish();
      Answer fits = reload(operator);
      claim(fits.status() == 200, "what fits after a full directory: %s", fits.body());
    }

    check(server);
  }

  /**
   * Damages what was built: it answers rightly, or with 503 or the stale row of the older partition
   * that has the key too, and is built again by the next look.
   */
  private void damage(ServeRun server) throws IOException {
    int refused = 0;
    try (Client client = new Client(server.port());
        Client operator = new Client(server.managementPort())) {
      for (int number = 0; number < damages; number++) {
        Path shard = shard();
        byte[] whole = Files.readAllBytes(shard);
        byte[] content = whole.clone();
        int at = random.nextInt(content.length);
        if (number % 2 == 0) {
          content = Arrays.copyOf(content, at);
        } else {
          content[at] ^= (byte) (1 << random.nextInt(8));
        }

        Files.write(shard, content);
        boolean isFound = false;
        // not 1,000 and 1,001: the older partition has these twice and in its quarantine
        for (int key = 2 + random.nextInt(20); key < rows; key += 100) {
          Answer answer = client.get("/v1/scores/built/" + key);
          answers++;
          boolean isOut =
              answer.status() == 503 && answer.body().contains(":damaged_scores\"")
                  || isRow(answer, OLD, 1, key, "damaged");
          isFound |= isOut;
          boolean isRight = isRow(answer, DAY, built.runs(), key, "");
          claim(isOut || isRight, "damaged: %s", answer.body());
        }

        refused += isFound ? 1 : 0;
        if (isFound) {
          claim(reload(operator).status() == 200, "a damaged index is not built again");
          check(server);
        } else {
          Files.write(shard, whole);
        }
      }
    }

    claim(refused > 0, "no damage was found");
  }

  /** Returns a file of the index that was built of the newest partition. */
  private Path shard() throws IOException {
    try (Stream<Path> all = Files.walk(indexes().resolve("built"))) {
      return all.filter(file -> file.getFileName().toString().startsWith("shard-"))
          .filter(file -> file.getParent().endsWith(DAY))
          .filter(file -> file.toString().contains("run" + built.runs() + "-"))
          .findFirst()
          .orElseThrow();
    }
  }

  /**
   * Deletes a partition: it is absent after two looks, its space is free, and the other answers.
   */
  private void delete(ServeRun server) throws IOException {
    try (Client client = new Client(server.port());
        Client operator = new Client(server.managementPort())) {
      Answer old = client.get("/v1/scores/built/7?day=2026-11-23");
      claim(old.status() == 200, "the old partition: %s", old.body());
      Trial.deleteAll(built.path().resolve(OLD));
      for (int look = 0; look < 3; look++) {
        reload(operator);
        check(server);
      }

      Answer deleted = client.get("/v1/scores/built/7?day=2026-11-23");
      claim(deleted.status() == 404, "a deleted partition: %s", deleted.body());
      try (Stream<Path> all = Files.walk(indexes().resolve("built"))) {
        claim(
            all.noneMatch(file -> file.endsWith(OLD)), "the index of a deleted partition is left");
      }
    }
  }

  private static Answer reload(Client operator) throws IOException {
    return operator.send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
  }
}
