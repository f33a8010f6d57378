package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.golden.JsonRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tarballs of a release, unpacked where nothing can be written: with an empty environment and a
 * Maven that fails, and, where the tests run as root, by a user that has neither name nor home. It
 * is in root's group, as OpenShift does it, so an umask such as 027 does not close the files to it.
 */
@Tag("release")
class ReleaseIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final int ROWS = 200;
  private static final String USER = "10001";

  /** What each tarball holds, as it says. */
  private static final List<String> LISTINGS = new ArrayList<>();

  @TempDir static Path directory;
  private static Path job;
  private static Path server;
  private static Path work;
  private static Map<String, String> unpacked;

  @BeforeAll
  static void unpack() throws Exception {
    permit(directory, "rwxr-xr-x");
    job = unpacked("spark-job", "job");
    server = unpacked("serving", "server");
    work = permit(Files.createDirectory(directory.resolve("work")), "rwxrwxrwx");
    Path programs = permit(Files.createDirectory(directory.resolve("programs")), "rwxr-xr-x");
    Path maven = Files.writeString(programs.resolve("mvn"), "#!/bin/sh\nexit 99\n");
    permit(maven, "rwxr-xr-x");
    unpacked = files();
  }

  @AfterAll
  static void unlock() throws Exception {
    execute(List.of("chmod", "-R", "u+w", directory.toString()));
  }

  @Test
  void commandsOfTheReadmeSealScoreServeAndLookUp() throws Exception {
    Path package1 = new TestPackages(work.resolve("trained")).binary();
    byte[] model = Files.readAllBytes(package1.resolve("model.ubj"));
    Files.write(work.resolve("model.ubj"), model);
    Files.writeString(work.resolve("schema.json"), TestRecords.SCHEMA.formatted(""));
    Files.writeString(work.resolve("rows.csv"), predictedRows(package1));
    Path day = Files.createDirectories(work.resolve("parcels/day=2026-11-24"));
    Files.writeString(day.resolve("parcels.csv"), keyedRows());

    String draft = ran(job, "model", "schema", "--model", "model.ubj", "--rows", "rows.csv");
    assertThat(draft).contains("\"features\"");
    ran(
        job,
        "model",
        "seal",
        "--model",
        "model.ubj",
        "--schema",
        "schema.json",
        "--rows",
        "rows.csv",
        "--expected",
        "predicted",
        "--store",
        "models",
        "--name",
        "parcel",
        "--alias",
        "champion");
    assertThat(ran(job, "model", "list", "--store", "models")).contains("parcel", "champion");
    ran(
        job,
        "score",
        "--model",
        "models/parcel@champion",
        "--input",
        "parcels",
        "--input-format",
        "csv",
        "--output",
        "scores",
        "--keys",
        "parcel_id",
        "--lookup-index");

    String read = "SELECT count(score) AS n, count(DISTINCT parcel_id) AS k FROM parquet.`scores`";
    assertThat(ran(job, "sql", read)).endsWith("n,k\n%1$s,%1$s\n".formatted(ROWS));

    Process process =
        start(
            server,
            "serve",
            "--model",
            "models/parcel@champion",
            "--scores",
            "parcels=scores",
            "--port",
            "0",
            "--set",
            "management.port=0");
    try (Client client = new Client(ready(process))) {
      for (int row = 0; row < ROWS; row += 5) {
        String stored = client.get("/v1/scores/parcels/" + row).body();
        String scored = client.post("/v1/models/parcel/score", TestRecords.json(row)).body();

        assertThat(score(stored)).as(stored).isEqualTo(score(scored));
      }

      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }

    assertThat(files()).isEqualTo(unpacked);
  }

  /**
   * The first starts the second's server, with tables on a store that both read by Hadoop's client.
   * Each push compares answers of both with one model, and has a server that reads such a store.
   */
  @Test
  @Tag("nightly")
  void waysOfBothTarballsGiveTheSame() throws Exception {
    TestPackages packages = new TestPackages(work.resolve("proved"));
    packages.binary();
    Files.writeString(work.resolve("proved.csv"), keyedRows());
    ran(
        job,
        "sql",
        """
        CREATE TEMPORARY VIEW parcels (parcel_id BIGINT, distance DOUBLE, weight FLOAT,
            express BOOLEAN, carrier STRING, zone BIGINT, departure TIMESTAMP)
        USING csv OPTIONS (path 'proved.csv', header true);
        INSERT OVERWRITE DIRECTORY 'proved-parcels/day=2026-11-24'
        USING parquet SELECT * FROM parcels
        """);
    Path scratch = permit(Files.createDirectory(work.resolve("lake-scratch")), "rwxrwxrwx");
    Map<String, String> environment =
        Map.of(
            "PARITREE_JAVA_OPTS",
            "-Xmx1g -XX:TieredStopAtLevel=1",
            "PARITREE_SERVE",
            server.resolve("bin/serve").toString(),
            "HADOOP_CONF_DIR",
            lake("scratch", scratch).toString());
    String proof =
        finished(
            start(
                environment,
                job.resolve("bin/parity"),
                "prove",
                "--model",
                packages.store().resolve(TestPackages.BINARY).toString(),
                "--input",
                "proved-parcels",
                "--adversarial",
                "100",
                "--ways",
                "lookup,http-batch",
                "--scratch",
                "viewfs://lake/scratch"));

    assertThat(proof)
        .containsPattern("http-batch +300  same")
        .containsPattern("lookup +2[0-9]{2}  same");
    assertThat(work.resolve("indexes")).doesNotExist();
  }

  /** Returns a directory with settings of Hadoop's client, to which a directory is a store. */
  private static Path lake(String name, Path store) throws IOException {
    Path settings = Files.createDirectory(work.resolve("hadoop-of-" + name));
    Files.writeString(
        settings.resolve("core-site.xml"),
        """
        <configuration><property>
          <name>fs.viewfs.mounttable.lake.link./%s</name><value>%s</value>
        </property></configuration>
        """
            .formatted(name, store.toUri()));
    return settings;
  }

  @Test
  void storesOfHadoopsClientAreReadByAUserWithoutAName() throws Exception {
    TestPackages packages = new TestPackages(work.resolve("lake"));
    packages.binary();
    Path settings = lake("models", packages.store());

    assertThat(
            finished(
                start(
                    Map.of("HADOOP_CONF_DIR", settings.toString()),
                    job.resolve("bin/model"),
                    "list",
                    "--store",
                    "viewfs://lake/models")))
        .contains(TestPackages.BINARY);
  }

  @Test
  void commandsAreStartedByLinksToo() throws Exception {
    for (Path script : List.of(job.resolve("bin/score"), server.resolve("bin/serve"))) {
      Path link = directory.resolve("programs").resolve("paritree-" + script.getFileName());
      Files.createSymbolicLink(link, script);

      assertThat(finished(start(Map.of(), link, "--help"))).contains("Usage:");
    }

    assertThat(ran(job, "parity", "replay", "--help")).contains("Usage: parity replay");
  }

  @Test
  void filesOfTheJobsImageAreTheJobOfTheExample() throws Exception {
    Path docker = ROOT.resolve("conf/kubernetes/job.Dockerfile");
    ImageFiles image = ImageFiles.of(docker, ROOT, directory.resolve("images"));
    String example = Files.readString(ROOT.resolve("conf/kubernetes/job.yaml"));
    String jar = example.replaceAll("(?s).*mainApplicationFile: local://(\\S+).*", "$1");

    assertThat(image.file(jar)).isRegularFile();
    assertThat(image.file("/opt/paritree/bin/score")).isExecutable();
    assertThat(image.file("/opt/paritree/lib")).doesNotExist();
  }

  @Test
  void filesBelongToRootAndAreOfOneTimeWhoeverMakesThem() throws Exception {
    assertThat(LISTINGS).hasSize(2);
    for (String listing : LISTINGS) {
      assertThat(listing.lines())
          .filteredOn(line -> !line.contains(" Creating directory: ")) // that has no entry
          .hasSizeGreaterThan(100)
          .allMatch(
              line ->
                  line.matches(
                      "(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x|lrwxr-xr-x) 0/0 +\\d+ 2026-01-01 00:00"
                          + " .+"));
    }
  }

  @Test
  void eachJarIsInAListOfLicences() throws Exception {
    String job = thirdParty("shared-model") + thirdParty("spark-job");
    String server = Files.readString(ReleaseIT.server.resolve("serving/THIRD-PARTY.txt"));

    assertThat(unlisted(ReleaseIT.job.resolve("lib"), job)).isEmpty();
    assertThat(unlisted(ReleaseIT.server.resolve("serving"), server)).isEmpty();
    assertThat(job + server).doesNotContain("Unknown license");
  }

  private static String thirdParty(String module) throws IOException {
    return Files.readString(job.resolve(module).resolve("THIRD-PARTY.txt"));
  }

  private static List<String> unlisted(Path jars, String thirdParty) throws IOException {
    try (Stream<Path> files = Files.walk(jars)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar") && !name.matches("(paritree|serving).*"))
          .filter(
              name -> Stream.of(thirdParty.split("[ \n]")).noneMatch(entry -> names(entry, name)))
          .toList();
    }
  }

  /** Returns whether an entry such as {@code (group:artifact:version} is that of a jar. */
  private static boolean names(String entry, String jar) {
    String[] parts = entry.split(":");
    return parts.length == 3 && jar.startsWith(parts[1] + "-" + parts[2]);
  }

  private static String predictedRows(Path sealed) throws Exception {
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    StringBuilder rows = new StringBuilder(TestRecords.csvHeader() + ",predicted\n");
    for (int row = 0; row < ROWS; row++) {
      float[] slots = new float[model.engine().width()];
      float[] scores = new float[1];
      byte[] record = TestRecords.json(row).getBytes(StandardCharsets.UTF_8);
      JsonRecord.encode(model.schema(), record, slots, 0);
      model.engine().score(slots, 1, null, scores);
      rows.append(TestRecords.csvLine(row)).append(',').append(scores[0]).append('\n');
    }

    return rows.toString();
  }

  private static String keyedRows() {
    return IntStream.range(0, ROWS)
        .mapToObj(row -> row + "," + TestRecords.csvLine(row) + "\n")
        .collect(Collectors.joining("", "parcel_id," + TestRecords.csvHeader() + "\n", ""));
  }

  private static String score(String json) {
    return json.replaceAll("(?s).*\"score\":([^,}]+).*", "$1");
  }

  private static Path tarball(String module, String name) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(module).resolve("target"))) {
      String form = "paritree-" + name + "-.+\\.tar\\.gz";
      List<Path> found = files.filter(file -> file.getFileName().toString().matches(form)).toList();
      assertThat(found).as("made by mvn -Prelease clean package").hasSize(1);
      return found.get(0);
    }
  }

  private static Path unpacked(String module, String name) throws Exception {
    Path target = Files.createDirectories(directory.resolve("unpacked").resolve(name));
    LISTINGS.add(
        execute(
            List.of(
                "tar",
                "--utc",
                "--numeric-owner",
                "-xvvzf",
                tarball(module, name).toString(),
                "-C",
                target.toString(),
                "--strip-components=1")));
    execute(List.of("chmod", "-R", "a-w", target.toString()));
    return target;
  }

  private static Path permit(Path file, String permissions) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  /** Returns all that is unpacked, each with its size and the time when it was changed. */
  private static Map<String, String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("unpacked"))) {
      return files.collect(
          Collectors.toMap(Path::toString, ReleaseIT::state, (a, b) -> a, TreeMap::new));
    }
  }

  private static String state(Path file) {
    try {
      return Files.readAttributes(file, "size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS)
          .toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs a command of the pages, by the path that they give. */
  private static String ran(Path release, String script, String... arguments) throws Exception {
    return finished(start(release, script, arguments));
  }

  private static Process start(Path release, String script, String... arguments)
      throws IOException {
    // All but the server run too briefly for the JVM's second compiler.
    String compiler = script.equals("serve") ? "" : " -XX:TieredStopAtLevel=1";
    Map<String, String> options = Map.of("PARITREE_JAVA_OPTS", "-Xmx1g" + compiler);
    return start(options, release.resolve("scripts").resolve(script), arguments);
  }

  private static Process start(Map<String, String> environment, Path script, String... arguments)
      throws IOException {
    Stream<String> user =
        execute(List.of("id", "-u")).strip().equals("0")
            ? Stream.of("setpriv", "--reuid=" + USER, "--regid=0", "--clear-groups")
            : Stream.of();
    List<String> command =
        Stream.of(user, Stream.of(script.toString()), Stream.of(arguments))
            .flatMap(words -> words)
            .toList();
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", directory.resolve("programs") + ":/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HOME", "/nonexistent");
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String finished(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  private static String execute(List<String> command) throws IOException {
    try {
      return finished(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static int ready(Process process) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line; (line = process.inputReader().readLine()) != null; ) {
      text.append(line).append('\n');
      var found = ServeRun.READY.matcher(line);
      if (found.find()) {
        return Integer.parseInt(found.group(1));
      }
    }

    throw new AssertionError("Not ready: " + text);
  }
}
