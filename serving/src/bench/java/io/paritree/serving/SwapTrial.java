package io.paritree.serving;

import io.paritree.model.TestPackages;
import io.paritree.serving.BrokenPackages.Harm;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * New versions under load: no request fails, and version and score of an answer belong together.
 * Broken versions in between: the old version stays in service.
 */
@Command(
    name = "swap",
    description = "New and broken versions under load: no request fails, no answer mixes models.")
public final class SwapTrial extends Trial {
  private static final int CONNECTIONS = 16;
  private static final long WHOLE = 3;
  private static final long FIRST_BROKEN = 4;
  private static final Pattern ANSWER =
      Pattern.compile("\"model_version\":\"parcel-late/([12])\"|\"score\":([-0-9.E]+)");

  @Option(names = "--swaps", description = "Number of swaps. Default: ${DEFAULT-VALUE}.")
  private int swaps = 500;

  @Option(names = "--seconds", description = "Seconds for all swaps. Default: ${DEFAULT-VALUE}.")
  private int seconds = 300;

  @Option(
      names = "--broken",
      description = "How many broken packages are offered in between. Default: ${DEFAULT-VALUE}.")
  private int broken = 200;

  @Option(names = "--seed", description = "Replays what is broken; default: a new seed each time.")
  private long seed = System.nanoTime();

  private final Map<Harm, Integer> refused = new EnumMap<>(Harm.class);
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
    String admin = "security.admin-tokens=" + AccessTable.settings().get("security.admin-tokens");
    List<Path> models = List.of(store.resolve(TestPackages.BINARY));
    try (ServeRun server = serve(models, admin);
        Client operator = new Client(server.managementPort())) {
      int port = server.port();
      Path model = store.resolve(TestPackages.BINARY);
      BrokenPackages harmed =
          new BrokenPackages(directory().resolve("workshop"), model, new Random(seed));
      for (int number = 0; number < broken; number++) { // before this process runs the load
        harmed.make(FIRST_BROKEN + number, harm(number));
      }

      learn(port, operator, harmed);
      peak(port, CONNECTIONS, 5);
      double half = peak(port, CONNECTIONS, 5) / 2;
      LoadTotals before = load(port, CONNECTIONS, half, this::wrong).finishAfter(10);
      Load load = load(port, CONNECTIONS, half, this::wrong);
      swap(operator, harmed);
      LoadTotals during = load.finish();

      claim(before.flawless(), "before the swaps: %s", before);
      claim(during.flawless(), "during the swaps: %s", during);
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

  /**
   * Finds out what each version answers; and that the packages, before they are broken, are put
   * into service.
   */
  private void learn(int port, Client operator, BrokenPackages harmed) throws IOException {
    harmed.make(WHOLE);
    harmed.offer(WHOLE);
    champion(WHOLE);
    Answer whole = reload(operator);
    if (whole.status() != 200) {
      throw new IOException("An undamaged package is refused: " + whole.body());
    }

    for (int version : new int[] {2, 1}) {
      champion(version);
      if (reload(operator).status() != 200) {
        throw new IOException("Version " + version + " is not put into service");
      }

      try (Client client = new Client(port)) {
        Matcher found = ANSWER.matcher(client.post(SCORE, RECORD).body());
        while (found.find()) {
          scores[version] = found.group(2) == null ? scores[version] : found.group(2);
        }
      }
    }

    if (scores[1].equals(scores[2])) {
      throw new IOException("The versions give the same score; a mix could not be seen");
    }
  }

  private void swap(Client operator, BrokenPackages harmed) throws IOException {
    long begin = System.nanoTime();
    int offered = 0;
    for (int swap = 0; swap < swaps; swap++) {
      for (; offered < (long) broken * (swap + 1) / swaps; offered++) {
        offerBroken(operator, harmed, offered);
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
  }

  private static Harm harm(int number) {
    return Harm.values()[number % Harm.values().length];
  }

  private void offerBroken(Client operator, BrokenPackages harmed, int number) throws IOException {
    Harm harm = harm(number);
    harmed.offer(FIRST_BROKEN + number);
    champion(FIRST_BROKEN + number);
    Answer answer = reload(operator);
    boolean told = answer.body().contains("\"refused\":{\"location\":");
    claim(answer.status() == 409 && told, "%s: %s", harm, answer.body());
    refused.merge(harm, answer.status() == 409 && told ? 1 : 0, Integer::sum);
  }

  private void champion(long version) throws IOException {
    champion(store.resolve(TestPackages.BINARY), version);
  }

  /** Sets a model's alias champion to a version, in one step. */
  public static void champion(Path model, long version) throws IOException {
    Path next = Files.writeString(model.resolve("next-alias"), version + "\n");
    Path alias = model.resolve("aliases/champion");
    Files.move(next, alias, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Answer reload(Client operator) throws IOException {
    return operator.send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
  }

  private String wrong(long number, LoadAnswer answer) {
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
