package io.paritree.serving.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.paritree.config.ConfigurationException;
import io.paritree.record.UnknownFields;
import io.paritree.serving.http.Callers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration is closed and typed, and its defaults are the documented ones. */
class ServingConfigTest {
  @TempDir Path directory;

  @Test
  void defaultsArePinned() throws Exception {
    assertThat(TestConfig.read(Optional.empty(), Map.of()))
        .isEqualTo(
            new ServingConfig(
                new ServingConfig.Server(
                    "127.0.0.1",
                    8080,
                    0,
                    4_096,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ZERO,
                    Duration.ofSeconds(10)),
                new ServingConfig.Tls("off", ""),
                new ServingConfig.Management("127.0.0.1", 8081),
                new ServingConfig.Models(
                    "models",
                    List.of(),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    2_000,
                    List.of(),
                    8 << 20,
                    0),
                new ServingConfig.Scores(
                    Map.of(),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    "indexes",
                    20L << 30,
                    ServingConfig.Scores.Stale.ANSWER,
                    ServingConfig.Scores.Numbers.MIXED),
                new ServingConfig.Records(UnknownFields.REJECT),
                new ServingConfig.Limits(1 << 20, 10_000, 8 << 10, 64 << 20, 64 << 20, 64 << 10),
                new ServingConfig.Admission(
                    0, 10_000, Duration.ofMillis(500), Duration.ofSeconds(1)),
                new ServingConfig.Callers(0, 0, List.of()),
                new ServingConfig.Security(
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(
                        "Authorization",
                        "Content-Type",
                        "Content-Encoding",
                        "If-None-Match",
                        "X-Request-Id",
                        "traceparent",
                        "tracestate",
                        "Inference-Header-Content-Length"),
                    List.of(),
                    false),
                new ServingConfig.Log("stdout", 4 << 20, ServingConfig.Log.Format.TEXT, false),
                new ServingConfig.PredictionLog(
                    "off", 64 << 20, 1 << 30, Duration.ofDays(30), 16 << 20, false, Set.of()),
                new ServingConfig.Page(ServingConfig.Page.Mode.AUTO, false),
                new ServingConfig.Profile(ServingConfig.Profile.Mode.AUTO, 5_000)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, true",
    "10.1.2.3, true",
    "0.0.0.0/0, true",
    "::1, true",
    "2001:db8::/32, true",
    "10.0.0.1/8, false",
    "10.0.0.0/33, false",
    "10.0.0, false",
    "256.0.0.1, false",
    "proxy.example, false",
    "cafe, false",
    "2001:db8::1/32, false",
    "::/129, false"
  })
  void trustedProxiesAreAddressesOrNetworks(String text, boolean valid) throws Exception {
    Map<String, String> settings = Map.of("callers.trusted-proxies", "[\"" + text + "\"]");
    if (valid) {
      List<String> proxies = TestConfig.read(Optional.empty(), settings).callers().trustedProxies();
      new Callers(proxies, null, null);
    } else {
      assertThatThrownBy(() -> TestConfig.read(Optional.empty(), settings))
          .hasMessageContaining("callers.trusted-proxies must be a list of IP addresses");
    }
  }

  @Test
  void documentedFileHasEveryKeyWithItsDefault() {
    Config documented = ConfigFactory.parseFile(root().resolve("conf/serving.conf").toFile());
    Config defaults = ConfigFactory.parseResources("io/paritree/serving/config/defaults.conf");

    assertThat(documented.resolve().entrySet()).isNotEmpty();
    assertThat(documented.resolve()).isEqualTo(defaults.resolve());
  }

  @Test
  void everyKeyOfTheDocumentedFileHasAComment() throws Exception {
    List<String> lines = Files.readAllLines(root().resolve("conf/serving.conf"));
    for (int line = 1; line < lines.size(); line++) {
      if (lines.get(line).matches(" *[a-z-]+ = .*")) {
        assertThat(lines.get(line - 1)).as(lines.get(line)).matches(" *# .*");
      }
    }
  }

  @Test
  void fileAndSingleKeysReplaceTheDefaults() throws Exception {
    Path file = directory.resolve("serving.conf");
    Files.writeString(
        file, "server.port = 9000\nlimits.body = 2 MiB\nrecords.unknown-fields=ignore");
    ServingConfig config =
        TestConfig.read(Optional.of(file), Map.of("server.port", "9001", "log.requests", "a:b"));

    assertThat(config.server().port()).isEqualTo(9_001);
    assertThat(config.limits().body()).isEqualTo(2 << 20);
    assertThat(config.records().unknownFields()).isEqualTo(UnknownFields.IGNORE);
    assertThat(config.log().requests()).isEqualTo("a:b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server.prot      | 9000   | server.prot is not known (--set server.prot); did you mean server.port?",
        "server.port      | 70000  | server.port must be a whole number from 0 to 65535, but is '70000'",
        "server.port      | many   | server.port must be a whole number from 0 to 65535, but is 'many'",
        "server.port      | 80.5   | server.port must be a whole number",
        "limits.body      | 1      | limits.body must be a size from 1 KiB to 256 MiB, but is '1'",
        "limits.body      | -1 MiB | limits.body must be a size",
        "server.stop-timeout | soon | server.stop-timeout must be a duration with its unit, from 100 to 600000 ms",
        "server.stop-timeout | 1 ms | server.stop-timeout must be a duration with its unit, from 100 to 600000 ms",
        "server.drain-delay | 30   | server.drain-delay must be a duration with its unit, from 0 to 600000 ms, such as 10 s, but is '30'",
        "models.poll      | 500 us | models.poll must be a duration with its unit, from 0 to 3600000 ms",
        "models.poll      | [5 s]  | models.poll must be a duration with its unit",
        "records.unknown-fields | REJECT | must be one of [reject, ignore], but is 'REJECT'",
        "models.serve     | flight | models.serve must be a list of texts, but is 'flight'",
        "page.mode        | always | page.mode must be one of [auto, on, off], but is 'always'",
        "page.quarantine-examples | 1 | page.quarantine-examples must be true or false, but is '1'",
        "server.host      | null   | server.host is missing; expected a text",
        "server.port      | ''     | server.port must be a whole number from 0 to 65535, but is ''",
        "server.host      | ' '    | server.host must be a text, but is ' '",
        "security.cors-origins | [\"https://a.example/\"] | security.cors-origins must be a list of whole origins",
        "security.cors-headers | [\"*\"] | security.cors-headers must be a list of names of headers",
        "security.cors-origins | [\"*\"] | security.cors-origins must be a list of whole origins",
        "security.hosts   | [\"scores.example:80\"] | security.hosts must be a list of names of hosts",
        "security.hosts   | [\"*\"] | security.hosts must be a list of names of hosts",
        "port             | 1      | the key must be like server.port",
      })
  void wrongKeysAndValuesAreRefusedByName(String key, String value, String message) {
    assertThatThrownBy(() -> TestConfig.read(Optional.empty(), Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void nothingNeedsNoUnit() throws Exception {
    ServingConfig config = TestConfig.read(Optional.empty(), Map.of("models.poll", "0"));
    assertThat(config.models().poll()).isZero();
  }

  @Test
  void wordsOfThePageAreOnAndOff() throws Exception {
    ServingConfig config =
        TestConfig.read(
            Optional.empty(), Map.of("page.mode", "off", "page.quarantine-examples", "on"));
    assertThat(config.page()).isEqualTo(new ServingConfig.Page(ServingConfig.Page.Mode.OFF, true));
  }

  @Test
  void allMistakesAreReportedTogether() {
    assertThatThrownBy(
            () ->
                TestConfig.read(
                    Optional.empty(), Map.of("server.port", "-1", "log.queue", "0", "log.x", "0")))
        .hasMessageContainingAll("server.port", "log.queue", "log.x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "[\"hunter2\"]"})
  void whatMightBeATokenIsNotShown(String value) {
    assertThatThrownBy(
            () -> TestConfig.read(Optional.empty(), Map.of("security.admin-tokens", value)))
        .hasMessageContaining("security.admin-tokens must be a list of SHA-256 digests of tokens")
        .hasMessageNotContaining("hunter2");
  }

  /** Kubernetes mounts a ConfigMap's files by links into a dated directory of the mount. */
  @Test
  void fileIsReadFromAVolumeOfKubernetesAndFromNoPipe() throws Exception {
    Path dated = Files.createDirectory(directory.resolve("..2026_12_02_10_00_00.1"));
    Files.writeString(dated.resolve("serving.conf"), "server.port = 4711");
    Files.createSymbolicLink(directory.resolve("..data"), dated.getFileName());
    Path file = directory.resolve("serving.conf");
    Files.createSymbolicLink(file, Path.of("..data/serving.conf"));
    assertThat(TestConfig.read(Optional.of(file), Map.of(), "models/a").server().port())
        .isEqualTo(4711);

    Path pipe = directory.resolve("pipe.conf");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> TestConfig.read(Optional.of(pipe), Map.of(), "models/a"))
        .hasMessageContaining("pipe.conf: it is a device or a pipe, expected a file");
    for (String include :
        List.of(
            "include \"pipe\"", "include file(\"%s\")".formatted(pipe), "include \"pipe.conf\"")) {
      Path including = Files.writeString(directory.resolve("including.conf"), include);
      assertThatThrownBy(() -> TestConfig.read(Optional.of(including), Map.of(), "models/a"))
          .as(include)
          .hasMessageContaining("pipe.conf: it is a device or a pipe, expected a file");
    }

    Path including =
        Files.writeString(
            directory.resolve("including.conf"), "include \"serving\", include \"absent\"");
    assertThat(TestConfig.read(Optional.of(including), Map.of(), "models/a").server().port())
        .isEqualTo(4711);
  }

  @Test
  void missingFileIsRefused() {
    Path file = directory.resolve("absent.conf");
    assertThatThrownBy(() -> TestConfig.read(Optional.of(file), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("absent.conf");
  }

  @Test
  void brokenFileIsRefusedWithItsLine() throws Exception {
    Path file = directory.resolve("serving.conf");
    Files.writeString(file, "server {\n  port = 1\n");
    assertThatThrownBy(() -> TestConfig.read(Optional.of(file), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("serving.conf");
  }

  private static Path root() {
    return Path.of(System.getProperty("paritree.root"));
  }
}
