package io.paritree.serving;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.paritree.ModuleRules;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URL;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom this module never knows, and what no class of it does. */
class ArchitectureTest {
  private static final JavaClasses MAIN = ModuleRules.mainClasses("io.paritree.serving");

  static Stream<ArchRule> rules() {
    return ModuleRules.of(
        "io.paritree.spark..",
        "io.paritree.xgboost..",
        "io.paritree.store..",
        "ml.dmlc..",
        "org.apache.spark..",
        "org.apache.hadoop..",
        "scala..",
        "com.fasterxml.jackson.databind..")
        .stream();
  }

  @Test
  void allClassesOfTheModuleAreLookedAt() {
    assertThat(MAIN.size()).isGreaterThan(30);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void ruleHolds(ArchRule rule) {
    assertThat(rule.evaluate(MAIN).getFailureReport().getDetails()).isEmpty();
  }

  @Test
  void serverOpensNoConnectionsButToAskItself() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Rehearsal.class.getName())
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Socket.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(URL.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(HttpURLConnection.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(MAIN);
  }
}
