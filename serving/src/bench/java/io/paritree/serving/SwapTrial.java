package io.paritree.serving;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * New versions under load: no request fails, and version and score of an answer belong together.
 * Broken versions in between: the old one goes on.
 */
@Command(
    name = "swap",
    description = "New and broken versions under load: no request fails, no answer mixes models.")
final class SwapTrial extends Trial {
  private static final String TOKEN = "an-operator-with-a-long-secret-0123456789";
  private static final int CONNECTIONS = 16;
  private static final Pattern ANSWER =
      Pattern.compile("\"version\":\"parcel-late/([12])\"|\"score\":([-0-9.E]+)");

  @Option(names = "--swaps", description = "How many swaps. Default: ${DEFAULT-VALUE}.")
  private int swaps = 500;

  @Option(names = "--seconds", description = "In how long. Default: ${DEFAULT-VALUE}.")
  private int seconds = 300;

  @Option(
      names = "--broken",
      description = "How many broken packages are offered in between. Default: ${DEFAULT-VALUE}.")
  private int broken = 200;

  @Option(names = "--seed", description = "Replays what is broken; default: another each time.")
  private long seed = System.nanoTime();

  private final String[] scores = new String[3];
  private Path store;
  private long slowestMillis;

  @Override
  String run() throws Exception {
    System.out.println("Seed " + seed);
    store = directory().resolve("swaps");
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 101);
    packages.binary(1, 100);
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
    List<Path> models = List.of(store.resolve(TestPackages.BINARY));
    try (ServeRun server = serve(models, "security.admin-tokens=[\"" + hash + "\"]");
        Client operator = new Client(server.managementPort())) {
      int port = server.port();
      learn(port, operator);
      peak(port, CONNECTIONS, 5);
      double half = peak(port, CONNECTIONS, 5) / 2;
      LoadTotals before = load(port, CONNECTIONS, half, this::wrong).finishAfter(10);
      Load load = load(port, CONNECTIONS, half, this::wrong);
      int refused = swap(operator);
      LoadTotals during = load.finish();

      claim(before.flawless(), "before the swaps: %s", before);
      claim(during.flawless(), "during the swaps: %s", during);
      claim(refused == broken, "%s of %s broken packages were refused", refused, broken);
      claim(errors(server).isEmpty(), "errors in the log: %s", errors(server));
      return String.format(
          Locale.ROOT,
          "swap: swaps=%s broken=%s refused=%s rate=%.0f p99-before=%.2fms p99=%.2fms"
              + " slowest-swap=%sms %s seed=%s",
          swaps,
          broken,
          refused,
          half,
          before.millis(0.99),
          during.millis(0.99),
          slowestMillis,
          during,
          seed);
    }
  }

  /** Finds out what each version answers. */
  private void learn(int port, Client operator) throws IOException {
    for (int version : new int[] {2, 1}) {
      champion(version);
      if (reload(operator).status() != 200) {
        throw new IOException("Version " + version + " does not come into service");
      }

      try (Client client = new Client(port)) {
        Matcher found = ANSWER.matcher(client.post(SCORE, RECORD).body());
        while (found.find()) {
          scores[version] = found.group(2) == null ? scores[version] : found.group(2);
        }
      }
    }

    if (scores[1].equals(scores[2])) {
      throw new IOException("The versions score alike; a mix could not be seen");
    }
  }

  private int swap(Client operator) throws IOException {
    Random random = new Random(seed);
    long begin = System.nanoTime();
    int refused = 0;
    int offered = 0;
    for (int swap = 0; swap < swaps; swap++) {
      for (; offered < (long) broken * (swap + 1) / swaps; offered++) {
        champion(brokenVersion(random, 3 + offered));
        refused += reload(operator).status() == 409 ? 1 : 0;
      }

      long told = System.nanoTime();
      champion(swap % 2 == 0 ? 2 : 1);
      Answer answer = reload(operator);
      slowestMillis =
          Math.max(slowestMillis, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - told));
      claim(answer.status() == 200, "swap %s: %s", swap, answer.body());
      long due = begin + TimeUnit.SECONDS.toNanos(seconds) * (swap + 1) / swaps;
      pause(TimeUnit.NANOSECONDS.toMillis(Math.max(0, due - System.nanoTime())));
    }

    return refused;
  }

  private long brokenVersion(Random random, long version) throws IOException {
    Path from = store.resolve("parcel-late/1");
    Path to = Files.createDirectories(store.resolve("parcel-late/" + version));
    List<Path> files = new ArrayList<>();
    try (Stream<Path> listed = Files.list(from)) {
      for (Path file : listed.sorted().toList()) {
        files.add(Files.copy(file, to.resolve(file.getFileName())));
      }
    }

    Path victim = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(victim);
    switch (random.nextInt(4)) {
      case 0 -> Files.delete(victim);
      case 1 -> Files.write(victim, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 2 -> {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(victim, bytes);
      }
      default -> { // half copied: the digests come last
        Files.delete(to.resolve("paritree.sha256"));
      }
    }

    return version;
  }

  private void champion(long version) throws IOException {
    Path alias = store.resolve("parcel-late/aliases/champion");
    Path next = Files.writeString(store.resolve("next-alias"), version + "\n");
    Files.move(next, alias, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Answer reload(Client operator) throws IOException {
    return operator.send(
        "POST", "/admin/reload", new byte[0], "Authorization: Bearer " + TOKEN + "\r\n");
  }

  private String wrong(long number, Load.LoadAnswer answer) {
    int version = 0;
    String score = "";
    Matcher found = ANSWER.matcher(answer.body());
    while (found.find()) {
      version = found.group(1) == null ? version : Integer.parseInt(found.group(1));
      score = found.group(2) == null ? score : found.group(2);
    }

    boolean right = answer.status() == 200 && version > 0 && score.equals(scores[version]);
    return right ? "" : answer.head() + answer.body();
  }
}
