package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with little heap, whose store and whose output are filled by others: no file ends it.
 */
@Timeout(300)
class SmallHeapIT {
  /** Every harm as often, each to a file that the seed chooses. */
  private static final int TRIES = Harm.values().length * (Forms.areAllTried() ? 5 : 1);

  private static final long SPARSE_BYTES = 1L << 40;
  private static final String SCORE = "/v1/models/parcel-late/score";
  private static final String RECORD = TestPackages.records(1).get(0);
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private static final String STARTED = "2026-11-24T02:00:00Z";
  private static final int LONG_REPORTS = 150;

  @TempDir Path directory;
  private ServeRun server;
  private Client client;
  private Client management;
  private final AtomicBoolean isOver = new AtomicBoolean();

  /** What is in the place of a file. */
  private enum Harm {
    PIPE,
    ENDLESS_DEVICE,
    EMPTY_DEVICE,
    LINK_TO_A_PIPE,
    LINK_OUT,
    LINK_TO_ITSELF,
    LINK_TO_NOTHING,
    DIRECTORY,
    SPARSE,
    GROWING
  }

  @BeforeEach
  void start() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary(2, 21);
    packages.binary(1, 20);
    server =
        new ServeRun(
            directory,
            Map.of("PARITREE_JAVA_OPTS", "-Xmx512m"),
            "--model",
            models().toString(),
            "--scores",
            "loans=" + output(),
            "--set",
            "scores.poll=0 s",
            "--set",
            "models.poll=0 s",
            "--set",
            "log.requests=off",
            "--set",
            "security.admin-tokens=" + AccessTable.settings().get("security.admin-tokens"));
    client = new Client(server.port());
    management = new Client(server.managementPort());
  }

  @AfterEach
  void stop() throws IOException {
    isOver.set(true);
    client.close();
    management.close();
    server.close();
  }

  private Path models() {
    return directory.resolve("store/parcel-late");
  }

  private Path output() throws IOException {
    return Files.createDirectories(directory.resolve("data/loan_scores"));
  }

  private int reload() throws IOException {
    return management
        .send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken())
        .status();
  }

  /**
   * Files have no end, never answer or lie elsewhere: no version of them is put into service, each
   * is refused at once, and no answer has the digest of a file.
   */
  @Test
  void unfitPackagesAreRefusedAtOnce() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    Path late = models();
    Set<String> own = digests(client.get("/v1/models").body());
    for (int number = 3; number < 3 + TRIES; number++) {
      Harm harm = Harm.values()[number % Harm.values().length];
      Path version = late.resolve(String.valueOf(number));
      Path file = copy(late.resolve("2"), version, random);
      String what = "seed %s: %s in place of %s".formatted(seed, harm, file);
      harm(harm, file, number);
      SwapTrial.champion(late, number);

      assertThat(reload()).as(what).isNotEqualTo(200);
      assertThat(client.post(SCORE, RECORD).body())
          .as(what)
          .contains("\"model_version\":\"parcel-late/1\"");
      String models = client.get("/v1/models").body();
      assertThat(models).as(what).contains("\"refused\"");
      assertThat(digests(models)).as(what).isEqualTo(own);
      isOver.set(true);
    }

    SwapTrial.champion(late, 2);
    reload();
    assertThat(client.post(SCORE, RECORD).body()).as("seed %s", seed).contains("parcel-late/2");
    assertThat(waiting()).as("seed %s", seed).isEmpty();
  }

  @Test
  @Tag("nightly")
  void manyLongReportsOfRunsAreListedAndAnswered() throws Exception {
    Path runs = output().resolveSibling("_paritree/loan_scores/runs");
    List<RunReport> reports =
        List.of(
            Reports.published("names", STARTED, names(2_000)),
            Reports.longDrift("drift", STARTED, names(20), 70_000),
            Reports.manyValues("values", STARTED, 360_000));
    for (RunReport report : reports) {
      byte[] content = report.toJson();
      assertThat(content.length).isLessThan(RunReport.MAX_BYTES);
      Path first = Files.write(directory.resolve(report.start().run()), content);
      int number = report.start().run().equals("values") ? 6 : (LONG_REPORTS - 6) / 2;
      for (int copy = 0; copy < number; copy++) {
        Path run = Files.createDirectories(runs.resolve(report.start().run() + "-" + copy));
        Files.createLink(run.resolve(StateDirectory.REPORT), first);
      }
    }

    reload();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    Client.Answer list;
    do {
      LockSupport.parkNanos(20_000_000);
      list = client.get("/v1/scores/loans/runs?limit=100");
      assertThat(System.nanoTime()).isLessThan(end);
    } while (list.status() == 503); // while they are read for the first time
    assertThat((List<?>) JsonTree.object(list.body()).get("runs")).hasSize(100);
    assertThat(JsonTree.object(list.body())).containsEntry("left", "" + (LONG_REPORTS - 100));
    assertThat(list.body()).doesNotContain("problem");
    for (String path : List.of("runs/values-0", "runs/names-0", "runs/drift-0", "drift")) {
      assertThat(client.get("/v1/scores/loans/" + path).status()).as(path).isEqualTo(200);
    }

    assertThat(client.post(SCORE, RECORD).status()).isEqualTo(200);
  }

  /** Returns the names of 100 partitions, each of so many characters. */
  private static List<String> names(int characters) {
    return IntStream.range(0, 100)
        .mapToObj(at -> "day=%03d".formatted(at) + "x".repeat(characters - 7))
        .toList();
  }

  /** Copies a package and returns one of its files, or its whole list of digests. */
  private static Path copy(Path from, Path to, Random random) throws IOException {
    Files.createDirectories(to);
    List<Path> files;
    try (Stream<Path> all = Files.list(from)) {
      files = all.sorted().toList();
    }

    for (Path file : files) {
      Files.copy(file, to.resolve(file.getFileName()));
    }

    return to.resolve(files.get(random.nextInt(files.size())).getFileName());
  }

  private void harm(Harm harm, Path file, int number) throws Exception {
    Path elsewhere = directory.resolve("elsewhere-" + number);
    if (harm != Harm.GROWING) {
      Files.move(file, elsewhere);
    }

    switch (harm) {
      case PIPE -> pipe(file);
      case ENDLESS_DEVICE -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
      case EMPTY_DEVICE -> Files.createSymbolicLink(file, Path.of("/dev/null"));
      case LINK_TO_A_PIPE -> {
        pipe(file.resolveSibling("pipe"));
        Files.createSymbolicLink(file, Path.of("pipe"));
      }
      case LINK_OUT -> Files.createSymbolicLink(file, elsewhere);
      case LINK_TO_ITSELF -> Files.createSymbolicLink(file, file.getFileName());
      case LINK_TO_NOTHING -> Files.createSymbolicLink(file, Path.of("gone"));
      case DIRECTORY -> Files.createDirectory(file);
      case SPARSE -> {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(SPARSE_BYTES);
        }
      }
      case GROWING -> grow(file);
    }
  }

  private static void pipe(Path file) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
  }

  private void grow(Path file) throws IOException {
    Files.write(file, new byte[1 << 12], StandardOpenOption.APPEND);
    isOver.set(false);
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                for (int written = 0; !isOver.get() && written < 1 << 26; written += 1 << 12) {
                  out.write(new byte[1 << 12]);
                }
              } catch (IOException e) {
                // The directory may be gone.
              }
            });
    writer.setDaemon(true);
    writer.start();
  }

  private static Set<String> digests(String text) {
    return DIGEST.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
  }

  /** Returns the threads of the server that read a file of a store. */
  private List<String> waiting() throws Exception {
    Process stacks =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/jcmd",
                String.valueOf(server.process().pid()),
                "Thread.print")
            .start();
    String text = new String(stacks.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(text).contains("Full thread dump");
    return Stream.of(text.split("\n\n"))
        .filter(thread -> thread.startsWith("\"store of ") && thread.contains("LocalStore"))
        .toList();
  }
}
