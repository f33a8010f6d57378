package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The files for Kubernetes fit its published types, and the server that they start. The arguments
 * of the job are checked beside the job.
 */
class KubernetesFilesTest {
  private static final Path FILES =
      Path.of(System.getProperty("paritree.root"), "conf", "kubernetes");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"server.yaml", "job.yaml"})
  void everyResourceFitsItsPublishedType(String file) throws Exception {
    for (Object resource : resources(file)) {
      assertThat(faults(resource)).as(String.valueOf(JsonTree.at(resource, "kind"))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Deployment",
        "Service",
        "PodDisruptionBudget",
        "ServiceMonitor",
        "SparkApplication"
      })
  @SuppressWarnings("unchecked")
  void aMisspeltFieldIsFound(String kind) throws Exception {
    Map<String, Object> spec = (Map<String, Object>) JsonTree.at(resource(kind), "spec");
    Map<String, Object> misspelt = new LinkedHashMap<>(spec);
    misspelt.put("replica", 2);
    Map<String, Object> resource = new LinkedHashMap<>((Map<String, Object>) resource(kind));
    resource.put("spec", misspelt);

    assertThat(faults(resource)).hasSize(1).first().asString().contains("replica");
  }

  @Test
  void serverStartsWithItsConfigurationAndNoOther() throws Exception {
    ServingConfig config = config();

    assertThat(config.server().host()).isEqualTo("0.0.0.0");
    assertThat(config.security().scoreTokens()).hasSize(1);
    Object deployment = resource("Deployment");
    Object container = JsonTree.at(deployment, "spec/template/spec/containers/0");
    assertThat(JsonTree.at(container, "args"))
        .isEqualTo(
            List.of(
                "--conf", JsonTree.at(container, "volumeMounts/0/mountPath") + "/serving.conf"));
    assertThat(JsonTree.at(container, "volumeMounts/1/mountPath"))
        .isEqualTo(config.models().store());
    assertThat(JsonTree.at(container, "volumeMounts/3/mountPath"))
        .isEqualTo(config.scores().indexDirectory());
    assertThat(JsonTree.at(deployment, "spec/template/spec/volumes/3/emptyDir/sizeLimit"))
        .isEqualTo((config.scores().indexBytes() >> 30) + 1 + "Gi");
    assertThat(JsonTree.at(container, "ports/0/containerPort")).isEqualTo(config.server().port());
    assertThat(JsonTree.at(container, "ports/1/containerPort"))
        .isEqualTo(config.management().port());
    assertThat(
            (Integer) JsonTree.at(deployment, "spec/template/spec/terminationGracePeriodSeconds"))
        .isGreaterThan(
            (int) config.server().drainDelay().plus(config.server().stopTimeout()).toSeconds());
  }

  @Test
  void everySelectorFindsThePodsAndEveryPortHasItsName() throws Exception {
    Object deployment = resource("Deployment");
    Object pod = JsonTree.at(deployment, "spec/template/metadata/labels");
    List<Object> selectors = new ArrayList<>();
    for (Object resource : resources("server.yaml")) {
      switch ((String) JsonTree.at(resource, "kind")) {
        case "Service" -> {
          selectors.add(JsonTree.at(resource, "spec/selector"));
          assertThat(JsonTree.at(resource, "spec/ports/0/targetPort")).isIn("http", "management");
        }
        case "Deployment", "PodDisruptionBudget" ->
            selectors.add(JsonTree.at(resource, "spec/selector/matchLabels"));
        default -> {}
      }
    }

    assertThat(selectors).hasSize(4).allMatch(pod::equals);
    Object metrics = resources("server.yaml").get(3);
    Object monitor = resource("ServiceMonitor");
    assertThat(JsonTree.at(metrics, "metadata/labels"))
        .isEqualTo(JsonTree.at(monitor, "spec/selector/matchLabels"));
    assertThat(JsonTree.at(monitor, "spec/endpoints/0/port"))
        .isEqualTo(JsonTree.at(metrics, "spec/ports/0/name"));
    assertThat(List.of("startupProbe", "readinessProbe", "livenessProbe"))
        .allSatisfy(
            probe ->
                assertThat(
                        JsonTree.at(
                            deployment,
                            "spec/template/spec/containers/0/" + probe + "/httpGet/path"))
                    .asString()
                    .isIn("/health/live", "/health/ready"));
  }

  private ServingConfig config() throws Exception {
    Path file = directory.resolve("serving.conf");
    Files.writeString(file, configuration());
    return TestConfig.read(Optional.of(file), Map.of());
  }

  /** Returns the configuration that the deployment mounts. */
  static String configuration() throws Exception {
    return (String) ((Map<?, ?>) JsonTree.at(resource("ConfigMap"), "data")).get("serving.conf");
  }

  private static Object resource(String kind) throws Exception {
    List<Object> all = new ArrayList<>(resources("server.yaml"));
    all.addAll(resources("job.yaml"));
    return all.stream()
        .filter(resource -> JsonTree.at(resource, "kind").equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static List<Object> resources(String file) throws Exception {
    List<Object> resources = new ArrayList<>();
    new Load(LoadSettings.builder().build())
        .loadAllFromString(Files.readString(FILES.resolve(file)))
        .forEach(resources::add);
    return resources;
  }

  /** Returns what does not fit the type that the resource states. */
  private static List<String> faults(Object resource) throws Exception {
    String json = JSON.writeValueAsString(resource);
    String kind = JsonTree.at(resource, "apiVersion") + " " + JsonTree.at(resource, "kind");
    try {
      switch (kind) {
        case "v1 ConfigMap" -> V1ConfigMap.fromJson(json);
        case "v1 Service" -> V1Service.fromJson(json);
        case "apps/v1 Deployment" -> V1Deployment.fromJson(json);
        case "policy/v1 PodDisruptionBudget" -> V1PodDisruptionBudget.fromJson(json);
        case "monitoring.coreos.com/v1 ServiceMonitor" -> {
          return schemaFaults("servicemonitor_v1.json", json);
        }
        case "sparkoperator.k8s.io/v1beta2 SparkApplication" -> {
          return schemaFaults("sparkapplication_v1beta2.json", json);
        }
        default -> throw new AssertionError("No type for " + kind);
      }
    } catch (IllegalArgumentException e) {
      return List.of(e.getMessage());
    }

    return List.of();
  }

  private static List<String> schemaFaults(String file, String json) throws Exception {
    try (InputStream stream =
        KubernetesFilesTest.class.getResourceAsStream("/kubernetes/" + file)) {
      JsonSchema schema = JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(stream);
      return schema.validate(JSON.readTree(json)).stream().map(String::valueOf).toList();
    }
  }
}
