package io.paritree.serving.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.RunningServer;
import io.paritree.serving.StoredOutput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients that openapi-generator makes of the document compile, make each call of the document
 * and read what the real server says itself; and Redocly finds nothing to remark. The clients are
 * made every night; on each push {@code DocumentedAnswersTest} compares answers with the document.
 *
 * <p>Needs Node.js with npm, Maven, the registries of both, Go, and Python with the libraries that
 * its clients use, which Debian has.
 */
@Tag("clusters")
class GeneratedClientsIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path GENERATOR = ROOT.resolve("serving/target/openapi-generator-cli.jar");

  /** The programs run too briefly for the JVM's second compiler. */
  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  private static final String RECORD =
      """
      {"distance": 1200.5, "weight": -0.5, "express": true, "carrier": "Zürich Post", "zone": 30,
       "departure": "2026-01-15T08:30:00"}
      """;
  private static final ObjectMapper READER = new ObjectMapper();

  @TempDir static Path directory;
  private static RunningServer serving;
  private static String url;
  private static Path document;

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    List<String> references =
        Stream.of(packages.binary(), packages.classes(), packages.awkward("awkward", 1))
            .map(model -> model.getParent().toString())
            .toList();
    Map<String, String> settings = new HashMap<>(AccessTable.settings());
    settings.put("scores.parcels.output", '"' + parcels().path().toString() + '"');
    serving = RunningServer.start(references, settings);
    url = "http://127.0.0.1:" + serving.port();
    document = directory.resolve("openapi.json");
    Files.write(document, ask("GET", "/openapi.json", "").content());
  }

  /** Lets npm install a package; returns the directory of the programs that it brings. */
  private static Path programs(String name) throws Exception {
    Path node = Files.createTempDirectory(directory, "node");
    Files.writeString(node.resolve("package.json"), "{\"private\": true}");
    run(node, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", name);
    return node.resolve("node_modules/.bin");
  }

  private static StoredOutput parcels() throws Exception {
    StoredOutput parcels =
        new StoredOutput(
            directory.resolve("parcels"),
            new KeyForm(List.of(new KeyColumn("parcel_id", KeyColumn.Type.INTEGER, 0))),
            1);
    parcels.publish("day=1", "m/1", rows -> rows.add(List.of("7"), "", 0.25f));
    String reasons =
        ",\"stored_reasons\":[{\"field\":\"distance\",\"value\":\"12.5\",\"contribution\":0.5,\"code\":null}],"
            + "\"reasons_base\":-1.5,\"reasons_rest\":0.25";
    parcels.publish("day=2", "parcel-late/1", rows -> rows.add(List.of("7"), reasons, 0.5f));
    return parcels;
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @Test
  @Tag("nightly")
  void javaClientScoresWhatTheServerScores() throws Exception {
    Path client = generated("java");
    Path sources = client.resolve("src/main/java");
    copy("Scores.java", sources);
    Path pom = client.resolve("pom.xml");
    String lint = "<arg>-Xlint:all</arg>";
    String brief =
        Files.readString(pom).replace(lint, lint + "<arg>-J" + FIRST_COMPILER + "</arg>");
    Files.writeString(pom, brief);
    run(
        client,
        "mvn",
        "-B",
        "-q",
        "compile",
        "dependency:build-classpath",
        "-Dmdep.outputFile=classpath");
    String classPath =
        client.resolve("target/classes")
            + File.pathSeparator
            + Files.readString(client.resolve("classpath")).strip();

    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    checkScores(
        run(
            client,
            java,
            FIRST_COMPILER,
            "-Dfile.encoding=UTF-8",
            "-cp",
            classPath,
            "Scores",
            url,
            token()));
  }

  @Test
  @Tag("nightly")
  void typescriptClientScoresWhatTheServerScores() throws Exception {
    Path client = generated("typescript-fetch");
    copy("scores.ts", client);
    run(
        client,
        programs("typescript@5.9.3").resolve("tsc").toString(),
        "--strict",
        "--target",
        "es2020",
        "--module",
        "commonjs",
        "--lib",
        "es2020,dom",
        "--outDir",
        "compiled",
        "scores.ts");

    checkScores(run(client, "node", "compiled/scores.js", url, token()));
  }

  @Test
  @Tag("nightly")
  void pythonClientScoresWhatTheServerScores() throws Exception {
    Path client = generated("python");
    copy("scores.py", client);

    checkScores(run(client, python(), "scores.py", url, token()));
  }

  /** Returns the first Python that has what its clients need: the machine's may be another one. */
  private static String python() throws Exception {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      Process process =
          started(
              new ProcessBuilder(
                      python, "-c", "import urllib3, dateutil, pydantic, typing_extensions")
                  .redirectErrorStream(true));
      process.getInputStream().readAllBytes();
      if (process.waitFor() == 0) {
        return python;
      }
    }

    throw new AssertionError(
        "No Python has what generated clients need; install Debian's python3-urllib3,"
            + " python3-dateutil, python3-pydantic and python3-typing-extensions");
  }

  @Test
  @Tag("nightly")
  void goClientScoresWhatTheServerScores() throws Exception {
    Path client = generated("go");
    copy("scores.go", Files.createDirectory(client.resolve("scores")));
    run(client, "go", "build", "-o", "compiled", "./scores");

    checkScores(run(client, client.resolve("compiled").toString(), url, token()));
  }

  @Test
  void redoclyHasNothingToRemark() throws Exception {
    Path redocly = programs("@redocly/cli@2.77.0").resolve("redocly");
    lint(redocly, document);
    Path bare = new TestPackages(directory.resolve("bare")).bareClassesModel(3);
    try (RunningServer server = RunningServer.start(List.of(bare.toString()), Map.of());
        Client client = new Client(server.port())) {
      Path other = directory.resolve("bare.json");
      Files.write(other, client.get("/openapi.json").content());
      lint(redocly, other);
    }
  }

  /**
   * Two paths that {@code runs/history}, for one, fits: there the server finds a run, and the page
   * says that a key {@code runs} is given by the query.
   */
  private static final Pattern RUN_OR_KEY =
      Pattern.compile(
          "Paths should resolve unambiguously\\. Found two ambiguous paths: `[^`]*/runs/\\{run}` and"
              + " `[^`]*/\\{key}/(history|compare|audit)`\\.");

  private static void lint(Path redocly, Path file) throws Exception {
    String report = run(directory, redocly.toString(), "lint", "--format=json", file.toString());
    JsonNode read = READER.readTree(report.substring(report.indexOf("{")));
    assertThat(read.path("totals").path("errors").asInt(-1)).as(report).isZero();
    List<String> remarks = new ArrayList<>();
    read.path("problems").forEach(problem -> remarks.add(problem.path("message").asText()));
    assertThat(read.path("totals").path("warnings").asInt(-1)).isEqualTo(remarks.size());
    remarks.removeIf(remark -> RUN_OR_KEY.matcher(remark).matches());
    assertThat(remarks).as(report).isEmpty();
  }

  /** Compares what a client has read with the server's own answers. */
  private static void checkScores(String printed) throws Exception {
    Map<String, List<String>> read = new LinkedHashMap<>();
    for (String line : printed.split("\n")) {
      List<String> words = new ArrayList<>(List.of(line.split("\t")));
      read.put(words.remove(0), words);
    }

    JsonNode late = score("parcel-late", "score?margin=true", RECORD);
    assertNumber(read.get("late").get(0), late.path("score"));
    assertThat(read.get("late").get(1)).isEqualTo(late.path("label").asText());
    assertNumber(read.get("late").get(2), late.path("margin"));
    assertThat(read.get("late").get(3)).isEqualTo("parcel-late");
    JsonNode reasons = score("parcel-late", "score?reasons=2", RECORD).at("/reasons/fields");
    assertThat(read.get("reasons")).containsExactly("2", reasons.at("/0/field").asText());
    assertThat(read.get("batch reasons")).containsExactly("Zürich Post", "1");
    assertThat(read.get("batch")).containsExactly("2", "1");
    assertNumber(read.get("first").get(0), late.path("score"));
    assertThat(read.get("first").get(1)).isEqualTo(late.path("label").asText());
    assertThat(read.get("second")).containsExactly("out_of_range");
    JsonNode third = score("parcel-late", "score", "{\"weight\": 2}").path("score");
    assertNumber(read.get("third").get(0), third);
    assertNumber(read.get("alias").get(0), late.path("score"));
    assertNumber(read.get("version of model").get(0), late.path("score"));
    assertNumber(
        read.get("class").get(0),
        score("parcel-class", "score", "{\"weight\": -0.5}").at("/scores/medium"));
    assertNumber(
        read.get("awkward").get(0),
        score("awkward", "score", "{\"größe\": 0.5, \"city\": \"Москва\"}").path("score"));
    assertThat(read.get("models")).containsExactly("3");
    assertThat(read.get("card")).containsExactly("7");
    assertThat(read.get("stored")).containsExactly("1", "2");
    assertThat(read.get("row of key")).containsExactly("0.5");
    assertThat(read.get("row of partition")).containsExactly("0.25");
    assertThat(read.get("row")).containsExactly("0.25");
    assertThat(read.get("history")).containsExactly("1");
    assertThat(read.get("row history")).containsExactly("2");
    assertThat(read.get("found")).containsExactly("1", "unknown_key");
    assertThat(read.get("compare").subList(0, 2)).containsExactly("false", "inputs");
    assertNumber(
        read.get("compare").get(2),
        score("parcel-late", "score", "{\"weight\": -0.5}").path("score"));
    assertThat(read.get("row compare")).containsExactly("inputs");
    assertThat(read.get("absent")).containsExactly("404", "urn:paritree:problem:unknown_key");
    assertNumber(read.get("infer").get(0), third);
    assertNumber(read.get("invocations").get(0), late.path("score"));
    assertThat(read.get("version").get(0)).isNotEmpty();
    assertThat(read.get("rest"))
        .containsExactly(
            "parcel-late", "paritree", "3", "6", "true", "true", "true", "true", "true");
    assertThat(read.get("ping")).containsExactly("true");
    assertThat(read.get("live")).containsExactly("true");
    assertThat(read.get("refused"))
        .containsExactly("400", "urn:paritree:problem:invalid_record", "out_of_range");
  }

  private static void assertNumber(String read, JsonNode expected) {
    assertThat(Float.parseFloat(read)).isEqualTo(Float.parseFloat(expected.asText()));
  }

  private static JsonNode score(String model, String endpoint, String record) throws IOException {
    Answer answer = ask("POST", "/v1/models/" + model + "/" + endpoint, record);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return READER.readTree(answer.body());
  }

  private static Answer ask(String method, String path, String body) throws IOException {
    try (Client client = new Client(serving.port())) {
      String headers = AccessTable.callersToken() + "Content-Type: application/json\r\n";
      return client.send(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
    }
  }

  private static String token() {
    return AccessTable.callersToken().replaceFirst(".*Bearer ", "").strip();
  }

  /** Generates a client into the directory with its generator's name, and returns this. */
  private static Path generated(String generator) throws Exception {
    Path client = directory.resolve(generator);
    run(
        directory,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        FIRST_COMPILER,
        "-jar",
        GENERATOR.toString(),
        "generate",
        "--generator-name",
        generator,
        "--input-spec",
        document.toString(),
        "--output",
        client.toString(),
        "--global-property",
        "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false");
    return client;
  }

  private static void copy(String resource, Path target) throws IOException {
    try (InputStream in = GeneratedClientsIT.class.getResourceAsStream("/clients/" + resource)) {
      Files.copy(in, target.resolve(resource));
    }
  }

  /** Runs a program to its end, and returns what it prints. */
  private static String run(Path place, String... command) throws Exception {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(place.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putIfAbsent("MAVEN_OPTS", FIRST_COMPILER);
    builder.environment().put("REDOCLY_TELEMETRY", "off");
    builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    // No module is fetched: Go's clients need none.
    builder.environment().putAll(Map.of("GOFLAGS", "-mod=mod", "GOPROXY", "off"));
    builder.environment().putAll(Map.of("GOTOOLCHAIN", "local", "CGO_ENABLED", "0"));
    builder.environment().put("PYTHONUTF8", "1");
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    Process process = started(builder);
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command[0]).isTrue();
      assertThat(process.exitValue())
          .as(() -> String.join(" ", command) + "\n" + text(output) + text(errors))
          .isZero();
    } finally {
      process.destroyForcibly();
    }

    return text(output);
  }

  private static Process started(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      String program = builder.command().get(0);
      throw new AssertionError(
          "Cannot run %s, which this test needs on the PATH; .ci/run installs it"
              .formatted(program),
          e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
