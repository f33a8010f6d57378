package io.paritree.serving;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A partition of stored scores that is published again and again under load: no request fails, and
 * no answer is wrong or mixes two publications. Then publications with a damaged index, or of which
 * a part is missing: no row is answered, until it is published again. Then the index that answers
 * is damaged: it answers rightly, or with 503.
 */
@Command(
    name = "lookup",
    description =
        "Stored scores that are published again under load, whole and damaged: no wrong answer.")
public final class LookupTrial extends Trial {
  private static final int CONNECTIONS = 16;
  private static final int KEYS = 2_000;
  private static final String PARTITION = "day=2026-11-24";
  static final KeyForm FORM =
      new KeyForm(List.of(new KeyColumn("loan_id", KeyColumn.Type.INTEGER, 0)));
  private static final Pattern ROW =
      Pattern.compile(
          "\\{\"key\":\\{\"loan_id\":([0-9]+)\\},\"partition\":\\{\"day\":\"2026-11-24\"\\},"
              + "\"score\":([0-9.E]+),\"label\":\"v([0-9]+)k([0-9]+)\","
              + "\"model_version\":\"m/([0-9]+)\",\"run\":\"run([0-9]+)\",.*\\}\n",
          Pattern.DOTALL);

  @Option(
      names = "--republishes",
      description = "Number of publications. Default: ${DEFAULT-VALUE}.")
  private int republishes = 1_000;

  @Option(
      names = "--damages",
      description = "How often the index that answers is damaged. Default: ${DEFAULT-VALUE}.")
  private int damages = 200;

  @Option(names = "--seed", description = "Replays what is damaged; default: a new seed each time.")
  private long seed = System.nanoTime();

  private final Map<String, Integer> harms = new TreeMap<>();
  private StoredOutput output;
  private Random random;
  private int published;

  /** What is done to a publication before the server sees it. */
  private enum Harm {
    FLIPPED_MANIFEST,
    CUT_MANIFEST,
    CUT_SHARD,
    NO_SHARD,
    NO_INDEX,
    NO_ROWS
  }

  @Override
  String run() throws Exception {
    System.out.println("Seed " + seed);
    random = new Random(seed);
    output = new StoredOutput(directory().resolve("data/loans"), FORM, 1);
    publish();
    String admin = "security.admin-tokens=" + AccessTable.settings().get("security.admin-tokens");
    Path store = directory().resolve("store");
    new TestPackages(store).binary(1, 10);
    try (ServeRun server =
            serve(
                List.of(store.resolve(TestPackages.BINARY)),
                admin,
                "scores.loans.output=\"" + output.path() + '"',
                "scores.poll=0 s",
                "limits.pending-bodies=16 MiB"); // reports of runs need heap
        Client operator = new Client(server.managementPort())) {
      int port = server.port();
      gets(port, 0).finishAfter(5);
      double half = gets(port, 0).finishAfter(5).rate() / 2;
      Load load = gets(port, half);
      republish(operator);
      LoadTotals during = load.finish();
      claim(during.flawless(), "during the publications: %s", during);
      republishHarmed(port, operator);
      int unanswered = damage(port, operator);
      claim(
          errors(server).stream().allMatch(line -> line.contains("Cannot read")),
          "errors in the log: %s",
          errors(server));
      return String.format(
          Locale.ROOT,
          "lookup: publications=%s refused=%s damages=%s unanswered=%s rate=%.0f p50=%.2fms"
              + " p99=%.2fms %s seed=%s",
          published,
          harms,
          damages,
          unanswered,
          half,
          during.millis(0.5),
          during.millis(0.99),
          during,
          seed);
    }
  }

  private Load gets(int port, double rate) throws IOException {
    return new Load(
        port,
        CONNECTIONS,
        rate,
        number ->
            "GET /v1/scores/loans/%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .formatted(number * 7_919 % KEYS)
                .getBytes(StandardCharsets.US_ASCII),
        (number, answer) -> wrong(number * 7_919 % KEYS, answer.body()));
  }

  /** Returns what is wrong with an answer; empty if it is a whole row of one publication. */
  private static String wrong(long key, String body) {
    Matcher row = ROW.matcher(body);
    if (!row.matches()) {
      return "no row of key " + key + ": " + body;
    }

    int version = Integer.parseInt(row.group(3));
    boolean right =
        row.group(1).equals(String.valueOf(key))
            && row.group(4).equals(row.group(1))
            && row.group(5).equals(row.group(3))
            && row.group(6).equals(row.group(3))
            && Float.parseFloat(row.group(2)) == score(version, key);
    return right ? "" : "mixed: " + body;
  }

  private static float score(int version, long key) {
    return version + key / 4_096f;
  }

  private void publish() throws IOException {
    published++;
    int version = published;
    output.publish(
        PARTITION,
        "m/" + version,
        rows -> {
          for (int key = 0; key < KEYS; key++) {
            String label = ",\"label\":\"v%sk%s\"".formatted(version, key);
            rows.add(List.of(String.valueOf(key)), label, score(version, key));
          }
        });
    deleteOld();
  }

  private void deleteOld() throws IOException {
    try (Stream<Path> all = Files.list(output.path().getParent())) {
      for (Path old :
          all.filter(path -> path.getFileName().toString().startsWith("old-")).toList()) {
        deleteAll(old);
      }
    }
  }

  private void republish(Client operator) throws IOException {
    for (int number = 0; number < republishes; number++) {
      Path before = output.index(PARTITION);
      publish();
      Answer answer = reload(operator);
      claim(answer.status() == 200, "publication %s: %s", published, answer.body());
      deleteAll(before.getParent()); // as the job does
    }
  }

  private void republishHarmed(int port, Client operator) throws IOException {
    try (Client client = new Client(port)) {
      for (int number = 0; number < republishes / 5; number++) {
        publish();
        Harm harm = Harm.values()[number % Harm.values().length];
        harm(harm);
        Answer refused = reload(operator);
        claim(refused.status() == 409, "%s: %s", harm, refused.body());
        harms.merge(harm.name(), refused.status() == 409 ? 1 : 0, Integer::sum);
        int key = random.nextInt(KEYS);
        Answer answer = client.get("/v1/scores/loans/" + key);
        claim(
            answer.status() == 503 || answer.status() == 200 && wrong(key, answer.body()).isEmpty(),
            "%s: %s %s",
            harm,
            answer.status(),
            answer.body());
        publish();
        Answer healed = reload(operator);
        claim(healed.status() == 200, "after %s: %s", harm, healed.body());
        Answer row = client.get("/v1/scores/loans/" + key);
        claim(wrong(key, row.body()).isEmpty(), "after %s: %s", harm, row.body());
      }
    }
  }

  private void harm(Harm harm) throws IOException {
    Path index = output.index(PARTITION);
    Path manifest = index.resolve(IndexManifest.FILE);
    Path shard = index.resolve("shard-" + random.nextInt(2));
    switch (harm) {
      case FLIPPED_MANIFEST -> flip(manifest);
      case CUT_MANIFEST -> cut(manifest);
      case CUT_SHARD -> cut(shard);
      case NO_SHARD -> Files.delete(shard);
      case NO_INDEX -> deleteAll(index);
      case NO_ROWS -> Files.delete(output.path().resolve(PARTITION).resolve("part-0.parquet"));
    }
  }

  private void flip(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, content);
  }

  private void cut(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
  }

  /** Damages the index that answers; returns how many requests had no row, and so 503. */
  private int damage(int port, Client operator) throws IOException {
    publish();
    reload(operator);
    Path index = output.index(PARTITION);
    int unanswered = 0;
    try (Client client = new Client(port)) {
      for (int number = 0; number < damages; number++) {
        Path shard = index.resolve("shard-" + random.nextInt(2));
        byte[] whole = Files.readAllBytes(shard);
        if (number % 4 == 0) {
          cut(shard);
        } else {
          flip(shard);
        }

        for (int key = 0; key < KEYS; key += 1 + random.nextInt(20)) {
          Answer answer = client.get("/v1/scores/loans/" + key);
          boolean isRefused = answer.status() == 503 && answer.body().contains(":damaged_scores\"");
          unanswered += isRefused ? 1 : 0;
          claim(
              isRefused || answer.status() == 200 && wrong(key, answer.body()).isEmpty(),
              "damaged index: %s %s",
              answer.status(),
              answer.body());
        }

        Files.write(shard, whole);
      }
    }

    claim(unanswered > 0, "no damage was found");
    return unanswered;
  }

  private static Answer reload(Client operator) throws IOException {
    return operator.send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
  }
}
