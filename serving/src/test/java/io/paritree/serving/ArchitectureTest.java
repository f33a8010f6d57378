package io.paritree.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import io.paritree.architecture.ArchitectureContract;
import io.paritree.serving.http.CallersConnector;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URL;
import java.net.http.HttpClient;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of this module, and that the server opens no connections. */
class ArchitectureTest extends ArchitectureContract {
  private static final Set<String> ENDPOINTS =
      Set.of(
          "io.paritree.serving.lookup",
          "io.paritree.serving.insight.runs",
          "io.paritree.serving.scoring",
          "io.paritree.serving.insight.sweep",
          "io.paritree.serving.openinference",
          "io.paritree.serving.mlflow",
          "io.paritree.serving.openapi",
          "io.paritree.serving.page");

  private static final Set<String> JETTY =
      Set.of(
          "io.paritree.serving",
          "io.paritree.serving.request",
          "io.paritree.serving.http",
          "io.paritree.serving.metrics");

  ArchitectureTest() {
    super("serving", "io.paritree.serving");
  }

  /** Held here as well, because the other rules follow the map. */
  @Test
  void endpointsNeverSeeEachOther() {
    for (String room : ENDPOINTS) {
      assertThat(usableBy(room)).as(room).doesNotContainAnyElementsOf(ENDPOINTS);
    }
  }

  @Test
  void mapKeepsTheLibrariesOfThisModuleApart() {
    assertThat(roomsUsing("org.eclipse.jetty..")).isSubsetOf(JETTY);
    assertThat(roomsUsing("com.typesafe.config..")).isEmpty();
    assertThat(roomsUsing("ml.dmlc..")).isEmpty();
    assertThat(roomsUsing("org.apache.hadoop..")).isEmpty();
    assertThat(roomsUsing("org.apache.spark..")).isEmpty();
    assertThat(roomsUsing("com.fasterxml.jackson.databind.."))
        .allMatch(room -> room.startsWith("io.paritree.spark."));
  }

  static Stream<ArchRule> connectionRules() {
    return Stream.<ArchRule>concat(
        Stream.of(Socket.class, URL.class, HttpURLConnection.class)
            .map(type -> noOtherClass().should().dependOnClassesThat().areAssignableTo(type)),
        Stream.of(
            noOtherClass().should().dependOnClassesThat().resideInAPackage("java.net.http..")));
  }

  private static GivenClassesConjunction noOtherClass() {
    // The connector is given the sockets that it accepts.
    return noClasses().that().doNotBelongToAnyOf(Rehearsal.class, CallersConnector.class);
  }

  @ParameterizedTest
  @MethodSource("connectionRules")
  void serverOpensNoConnectionsExceptToItself(ArchRule rule) {
    rule.check(main());
  }

  @ParameterizedTest
  @MethodSource("connectionRules")
  void plantedConnectionIsCaught(ArchRule rule) {
    assertThat(rule.evaluate(new ClassFileImporter().importClasses(Planted.class)).hasViolation())
        .isTrue();
  }

  private record Planted(Socket socket, URL url, HttpURLConnection connection, HttpClient client) {}
}
