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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients that openapi-generator makes of the document compile, and score on the real server
 * what it says itself; and Redocly finds nothing to remark.
 *
 * <p>Needs Node.js with npm, Maven, and the registries of both.
 */
@Tag("clusters")
class GeneratedClientsIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path GENERATOR = ROOT.resolve("serving/target/openapi-generator-cli.jar");
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
  private static Path node;

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
    node = Files.createDirectory(directory.resolve("node"));
    Files.writeString(node.resolve("package.json"), "{\"private\": true}");
    run(
        node,
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "@redocly/cli@2.77.0",
        "typescript@5.9.3");
  }

  private static StoredOutput parcels() throws Exception {
    StoredOutput parcels =
        new StoredOutput(
            directory.resolve("parcels"),
            new KeyForm(List.of(new KeyColumn("parcel_id", KeyColumn.Type.INTEGER, 0))),
            1);
    parcels.publish("day=1", "m/1", rows -> rows.add(List.of("7"), "", 0.25f));
    parcels.publish("day=2", "m/1", rows -> rows.add(List.of("7"), "", 0.5f));
    return parcels;
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @Test
  void javaClientScoresWhatTheServerScores() throws Exception {
    Path client = generate("java");
    Path sources = client.resolve("src/main/java");
    copy("Scores.java", sources);
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
        run(client, java, "-Dfile.encoding=UTF-8", "-cp", classPath, "Scores", url, token()));
  }

  @Test
  void typescriptClientScoresWhatTheServerScores() throws Exception {
    Path client = generate("typescript-fetch");
    copy("scores.ts", client);
    run(
        client,
        node.resolve("node_modules/.bin/tsc").toString(),
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
  void redoclyHasNothingToRemark() throws Exception {
    lint(document);
    Path bare = new TestPackages(directory.resolve("bare")).bareClassesModel(3);
    try (RunningServer server = RunningServer.start(List.of(bare.toString()), Map.of());
        Client client = new Client(server.port())) {
      Path other = directory.resolve("bare.json");
      Files.write(other, client.get("/openapi.json").content());
      lint(other);
    }
  }

  private static void lint(Path file) throws Exception {
    String redocly = node.resolve("node_modules/.bin/redocly").toString();
    String report = run(node, redocly, "lint", "--format=json", file.toString());
    JsonNode totals = READER.readTree(report.substring(report.indexOf("{"))).path("totals");
    assertThat(totals.path("errors").asInt(-1)).as(report).isZero();
    assertThat(totals.path("warnings").asInt(-1)).as(report).isZero();
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
    assertThat(read.get("batch")).containsExactly("2", "1");
    assertNumber(read.get("first").get(0), late.path("score"));
    assertThat(read.get("first").get(1)).isEqualTo(late.path("label").asText());
    assertThat(read.get("second")).containsExactly("missing_value");
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
    assertThat(read.get("row")).containsExactly("0.25");
    assertThat(read.get("history")).containsExactly("1");
    assertThat(read.get("row history")).containsExactly("2");
    assertThat(read.get("found")).containsExactly("1");
    assertNumber(read.get("infer").get(0), third);
    assertNumber(read.get("invocations").get(0), late.path("score"));
    assertThat(read.get("version").get(0)).isNotEmpty();
    assertThat(read.get("live")).containsExactly("true");
    assertThat(read.get("refused")).containsExactly("400", "true");
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

  private static Path generate(String generator) throws Exception {
    Path client = directory.resolve(generator);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    run(
        directory,
        java,
        "-jar",
        GENERATOR.toString(),
        "generate",
        "--global-property",
        "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
        "-g",
        generator,
        "-i",
        document.toString(),
        "-o",
        client.toString());
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
    builder.environment().put("REDOCLY_TELEMETRY", "off");
    builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    Process process =
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
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

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
