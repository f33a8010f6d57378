package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.PublishedArtifact;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The distribution, started by {@code scripts/serve} as its users start it. */
class ServeIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path HOME = ROOT.resolve("serving/target/paritree-serving");

  /** Libraries of the page, whose files are in the server's own jar. */
  private static final List<String> PAGE = List.of("lit-html", "uplot");

  @TempDir static Path directory;
  private static Path model;

  @BeforeAll
  static void train() {
    model = new TestPackages(directory.resolve("store")).binary();
  }

  @Test
  void distributionHasNoNativeLibraryAndNoOtherFace() throws Exception {
    List<String> names = jars("lib").toList();

    assertThat(names).isNotEmpty().allMatch(name -> name.endsWith(".jar"));
    assertThat(names)
        .noneMatch(
            name -> name.matches("(xgboost|hadoop|scala|spark|kryo|commons-logging|log4j).*"));
  }

  @Test
  void distributionHasTheModelWithoutItsCommand() throws Exception {
    String model = jars("lib").filter(name -> name.startsWith("paritree-model")).toList().get(0);
    try (JarFile jar = new JarFile(HOME.resolve("lib").resolve(model).toFile())) {
      assertThat(jar.stream().map(JarEntry::getName))
          .contains("io/paritree/model/ScoringModel.class")
          .noneMatch(
              name -> name.matches("io/paritree/(model/(command|trainer|seal|rows)|serving)/.+"));
    }
  }

  @Test
  void distributionTravelsWithItsLicencesAndAnSbomOfAllItsJars() throws Exception {
    PublishedArtifact artifact = PublishedArtifact.of("serving", "paritree-serving");
    artifact.assertComplete();
    for (String file : List.of("LICENSE", "NOTICE", "THIRD-PARTY.txt")) {
      assertThat(Files.readString(HOME.resolve(file)))
          .isEqualTo(artifact.entry("META-INF/" + file));
    }

    List<String> jars = Stream.concat(jars("lib"), jars("hadoop")).toList();
    if (artifact.hasSbom()) {
      assertThat(HOME.resolve("sbom/bom.json"))
          .hasContent(artifact.entry("META-INF/sbom/bom.json"));
      assertThat(artifact.components())
          .extracting(component -> component + ".jar")
          .filteredOn(jar -> PAGE.stream().noneMatch(library -> jar.startsWith(library + "-")))
          .hasSize(artifact.components().size() - PAGE.size())
          .containsExactlyInAnyOrderElementsOf(jars);
    }

    String thirdParty = artifact.entry("META-INF/THIRD-PARTY.txt");
    for (String library : PAGE) {
      assertThat(thirdParty).contains("org.webjars.npm:" + library + ":");
      assertThat(artifact.entry("io/paritree/serving/page/" + library + "/LICENSE"))
          .contains("Copyright");
    }

    assertThat(jars)
        .filteredOn(jar -> !jar.startsWith("paritree-"))
        .allSatisfy(
            jar ->
                assertThat(thirdParty)
                    .contains(
                        ":" + jar.replaceFirst("-([0-9][^-]*(-[0-9]+)?)\\.jar$", ":$1") + " "));
  }

  /** A jar that no class is loaded from is only something to scan and to keep up to date. */
  @Test
  void everyJarOfTheDistributionIsUsed() throws Exception {
    Path classes = directory.resolve("classes.log");
    StoredOutput loans =
        new StoredOutput(
            directory.resolve("loan_scores"),
            new KeyForm(List.of(new KeyColumn("loan_id", KeyColumn.Type.INTEGER, 0))),
            1);
    loans.publish("day=2026-11-24", "parcel-late/1", rows -> rows.add(List.of("1"), "", 0.5f));
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xshare:off",
                "-Xlog:class+load:file=" + classes,
                "-jar",
                HOME.resolve("serving.jar").toString(),
                "--model",
                model.toString(),
                "--scores",
                "loans=" + loans.path(),
                "--port",
                "0",
                "--set",
                "management.port=0")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader log = process.inputReader();
        Client client = new Client(portOf(log))) {
      String record = TestPackages.records(1).get(0);
      assertThat(client.post("/v1/models/parcel-late/score", record).status()).isEqualTo(200);
      assertThat(client.post("/v1/models/parcel-late/score", "{").status()).isEqualTo(400);
      assertThat(client.get("/v1/scores/loans/1").status()).isEqualTo(200);
      assertThat(client.get("/openapi.json").body()).contains("\"openapi\"");
      byte[] csv = "distance\nfar\n".getBytes(StandardCharsets.UTF_8);
      assertThat(client.send("POST", "/invocations", csv, "Content-Type: text/csv\r\n").status())
          .isEqualTo(400);
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }

    String loaded = Files.readString(classes);
    assertThat(jars("lib")).isNotEmpty().allMatch(jar -> loaded.contains("/lib/" + jar));
  }

  private static int portOf(BufferedReader log) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher ready = Pattern.compile("Ready: http://127.0.0.1:([0-9]+)/").matcher(line);
      if (ready.find()) {
        return Integer.parseInt(ready.group(1));
      }
    }

    throw new AssertionError("The server ended before it was ready");
  }

  private static Stream<String> jars(String directory) throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void acceptedRequestsAreAnsweredWhenItIsStopped() throws Exception {
    try (ServeRun run =
        new ServeRun(directory, Map.of(), "--model", model.getParent().toString())) {
      int port = run.port();
      AtomicBoolean going = new AtomicBoolean(true);
      ExecutorService callers = Executors.newFixedThreadPool(4);
      List<Future<int[]>> ledgers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        ledgers.add(callers.submit(() -> call(port, going)));
      }

      run.awaitRows(500);
      run.process().destroy(); // SIGTERM

      assertThat(run.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(run.process().exitValue()).isZero();
      going.set(false);
      for (Future<int[]> ledger : ledgers) {
        int[] counts = ledger.get(10, TimeUnit.SECONDS);
        assertThat(counts[0]).as("answered").isPositive();
        assertThat(counts[1]).as("begun answers that broke off").isZero();
      }

      callers.shutdownNow();
      assertThat(run.output()).contains("Stopping", "Stopped");
    }
  }

  /** Returns how many requests were answered, and how many answers were cut off. */
  private static int[] call(int port, AtomicBoolean going) {
    int[] counts = new int[2];
    String record = TestPackages.records(1).get(0);
    try (Client client = new Client(port)) {
      while (going.get()) {
        Answer answer = client.post("/v1/models/parcel-late/score", record);
        if (answer.status() == 200) {
          counts[0]++;
        } else if (answer.status() != 503) {
          counts[1]++;
        }
      }
    } catch (IOException e) {
      // The server closed an idle connection, or no longer listens: no part of an answer arrived.
      if (e.getMessage() != null && e.getMessage().contains("after 'H")) {
        counts[1]++;
      }
    }

    return counts;
  }

  @Test
  @Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD) // a pipe that nobody opens waits
  void stopWhileModelsAreOpenedLeavesWithZero() throws Exception {
    Path slow = new TestPackages(directory.resolve("slow")).wide(4, 200, 6);
    String[] arguments = {
      "--model",
      slow.toString(),
      "--set",
      "models.warm-up-rows=10000000" // longer than the wait below
    };
    try (ServeRun run = new ServeRun(directory, Map.of(), arguments)) {
      String opening = "io.paritree.serving.models.WarmUp.run";
      while (!stacks(run.process().pid()).contains(opening)) {
        assertThat(run.process().isAlive()).as(run.output()).isTrue();
        LockSupport.parkNanos(20_000_000);
      }

      run.process().destroy(); // SIGTERM

      assertThat(run.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(run.process().exitValue()).as(run.output()).isZero();
      assertThat(run.output()).doesNotContain("Ready", "\tat ");
    }
  }

  /** Returns what the threads of a JVM are doing; nothing useful while it starts. */
  private static String stacks(long pid) throws IOException {
    Path jstack = Path.of(System.getProperty("java.home"), "bin", "jstack");
    Process process =
        new ProcessBuilder(jstack.toString(), Long.toString(pid)).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void blockedPipesHoldNeitherRequestsNorTheStop() throws Exception {
    List<String> command =
        List.of(
            ROOT.resolve("scripts/serve").toString(),
            "--model",
            model.toString(),
            "--port",
            "0",
            "--set",
            "management.port=0");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PARITREE_BUILT", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    // Its pipes are not read once it is ready.
    try (BufferedReader log = process.errorReader();
        Client client = new Client(port(log))) {
      String record = TestPackages.records(1).get(0);
      for (int request = 0; request < 1_500; request++) {
        assertThat(client.post("/v1/models/parcel-late/score", record).status()).isEqualTo(200);
      }

      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static int port(BufferedReader log) throws IOException {
    Matcher ready;
    do {
      String line = log.readLine();
      assertThat(line).as("the log of a server that is not ready").isNotNull();
      ready = ServeRun.READY.matcher(line);
    } while (!ready.find());
    return Integer.parseInt(ready.group(1));
  }

  @Test
  void usedPortStopsTheStart() throws Exception {
    try (ServerSocket used = new ServerSocket(0)) {
      String port = String.valueOf(used.getLocalPort());
      assertRefused(3, "Cannot listen on 127.0.0.1:" + port, "--model", model + "", "--port", port);
      assertRefused(
          3, "management.port=N", "--model", model + "", "--set", "management.port=" + port);
    }
  }

  @Test
  void wrongConfigurationStopsTheStart() throws Exception {
    assertRefused(2, "server.prot is not known", "--model", model + "", "--set", "server.prot=1");
    assertRefused(2, "no model is named");
    assertRefused(2, "absent.conf", "--conf", directory.resolve("absent.conf").toString());
    assertRefused(2, "Unknown option", "--nonsense");
  }

  @Test
  void brokenModelStopsTheStart() throws Exception {
    Path broken = new TestPackages(directory.resolve("broken")).binary();
    byte[] bytes = Files.readAllBytes(broken.resolve("model.ubj"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(broken.resolve("model.ubj"), bytes);

    assertRefused(6, "model.ubj", "--model", broken.toString());
    assertRefused(6, "Model refused", "--model", directory.resolve("nothing").toString());
  }

  @Test
  void heapThatTheLimitsExceedIsRefused() throws Exception {
    Map<String, String> small = Map.of("PARITREE_JAVA_OPTS", "-Xmx64m");
    assertRefused(2, "Cannot serve: the heap has ", small, "--model", model.toString());
  }

  private static void assertRefused(int code, String message, String... arguments)
      throws Exception {
    assertRefused(code, message, Map.of(), arguments);
  }

  private static void assertRefused(
      int code, String message, Map<String, String> environment, String... arguments)
      throws Exception {
    try (ServeRun run = new ServeRun(directory, environment, arguments)) {
      assertThat(run.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(run.output()).contains(message).doesNotContain("Ready", "\tat ");
      assertThat(run.process().exitValue()).as(run.output()).isEqualTo(code);
    }
  }
}
