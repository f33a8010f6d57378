package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.config.ConfigurationException;
import io.paritree.model.TestPackages;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.ScoringServer;
import io.paritree.serving.log.Logs;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.RequestMinutes;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.VersionWatch;
import io.paritree.serving.stored.StoredScores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a server answers while its models are being opened, and with which models it does not start.
 */
class StartingTest {
  @TempDir Path directory;

  private static ServingConfig config() throws ConfigurationException {
    return TestConfig.read(
        Optional.empty(),
        Map.of(
            "server.port", "0",
            "management.port", "0",
            "log.requests", "off",
            "security.admin-tokens", AccessTable.settings().get("security.admin-tokens")));
  }

  private static RequestMinutes minutes(ServerMetrics metrics) {
    return new RequestMinutes(metrics, route -> true, InstantSource.system());
  }

  @Test
  void withoutAModelOnlyLifeIsConfirmed() throws Exception {
    ServingConfig config = config();
    ServerMetrics metrics = new ServerMetrics();
    Readiness readiness = new Readiness(metrics);
    Models unopened = new Models();
    try (Logs logs = Logs.open(config);
        ScoringServer server =
            new ScoringServer(
                config,
                Serving.routes(
                    config,
                    unopened,
                    new StoredScores(config.scores(), 0, metrics),
                    metrics,
                    readiness,
                    logs.predictions(),
                    minutes(metrics)),
                metrics,
                readiness,
                logs.requests());
        Client client = new Client(server.port())) {
      for (String path : List.of("/health/live", "/v2/health/live")) {
        assertThat(client.get(path).status()).as(path).isEqualTo(200);
      }

      for (String path : List.of("/ping", "/health")) {
        assertThat(client.get(path).status()).as(path).isEqualTo(404);
      }

      for (String path :
          List.of(
              "/health/ready", "/v2/health/ready", "/v1/models", "/v2/models", "/openapi.json")) {
        assertThat(client.get(path).status()).as(path).isEqualTo(503);
      }

      for (String path : List.of("/v1/models/any/score", "/v2/models/any/infer", "/invocations")) {
        assertThat(client.post(path, "{}").status()).as(path).isEqualTo(503);
      }

      readiness.begin();
      assertThat(client.get("/ping").status()).isEqualTo(200);
    }
  }

  @Test
  void reloadBeforeTheModelsAreOpenIsRefused() throws Exception {
    ServerMetrics metrics = new ServerMetrics();
    Models unopened = new Models();
    try (VersionWatch watch = new VersionWatch(unopened, Duration.ZERO, Duration.ofMinutes(1));
        ManagementServer management =
            new ManagementServer(
                config(),
                unopened,
                new StoredScores(config().scores(), 0, metrics),
                metrics,
                new Readiness(metrics),
                watch,
                minutes(metrics));
        Client operator = new Client(management.port())) {
      assertThat(
              operator
                  .send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken())
                  .status())
          .isEqualTo(503);
    }
  }

  @Test
  void modelsThatNoPathDistinguishesAreRefused() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    Path first = copy(packages.bareWideModel(3, 2, 2), "one");
    Path second = copy(packages.bareWideModel(4, 2, 2), "two");
    String sealed = packages.binary().toString();

    assertRefused(first, second);
    assertRefused(first, first);
    assertRefused(sealed, sealed);
    assertRefused(Path.of(sealed).getParent(), Path.of(sealed).getParent());
  }

  @Test
  void modelWithCategoriesOfUnknownValuesIsNotServed() {
    String bare = new TestPackages(directory).bareParcelModel().toString();

    assertThatThrownBy(() -> RunningServer.start(List.of(bare), Map.of()).close())
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("'carrier', 'zone'", "values are unknown");
  }

  @Test
  void addressesInTheLogAreThoseOfUrls() {
    assertThat(Serving.address("127.0.0.1", 8080)).isEqualTo("127.0.0.1:8080");
    assertThat(Serving.address("::1", 8080)).isEqualTo("[::1]:8080");
  }

  @Test
  void aNameThatTheStoreDoesNotHaveIsSaidToBeNoPath() {
    assertThatThrownBy(() -> RunningServer.start(List.of("nowhere"), Map.of()).close())
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContainingAll(
            "no file or directory", "'nowhere' was looked up in models.store", "as ./nowhere");
    assertThatThrownBy(() -> RunningServer.start(List.of("./nowhere"), Map.of()).close())
        .isInstanceOf(CorruptModelException.class)
        .hasMessageNotContainingAny("models.store");
  }

  @Test
  void cardSaysWhichRoundsScoreOfAModelThatWasStoppedEarly() throws Exception {
    String stopped = new TestPackages(directory).bareStoppedModel().toString();
    try (RunningServer serving = RunningServer.start(List.of(stopped), Map.of());
        Client client = new Client(serving.port())) {
      assertThat(client.get("/v1/models/stopped").body())
          .contains("\"end\":4,\"of\":9", "\"best\":4")
          .contains("scored are the first 4 rounds", "--rounds all for all 9 rounds");
    }
  }

  @Test
  void versionBesideTheAliasThatStillNamesItIsServed() throws Exception {
    Path version = new TestPackages(directory).binary();
    try (RunningServer serving =
            RunningServer.start(
                List.of(version.getParent().toString(), version.toString()), Map.of());
        Client client = new Client(serving.port())) {
      assertThat(client.get("/v1/models/parcel-late/versions/1").status()).isEqualTo(200);
    }
  }

  private Path copy(Path model, String name) throws Exception {
    Path copied = Files.createDirectories(directory.resolve(name)).resolve("model.ubj");
    return Files.copy(model, copied);
  }

  private static void assertRefused(Object former, Object latter) {
    List<String> references = List.of(former.toString(), latter.toString());
    assertThatThrownBy(() -> RunningServer.start(references, Map.of()).close())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("Cannot serve both " + latter + " and " + former, "another name");
  }
}
