package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.paritree.ModuleRules;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom this module never knows, and what no class of it does. */
class ArchitectureTest {
  private static final JavaClasses MAIN = ModuleRules.mainClasses("io.paritree.spark");

  static Stream<ArchRule> rules() {
    return ModuleRules.of(
        "io.paritree.serving..",
        "io.javalin..",
        "org.eclipse.jetty..",
        "jakarta.servlet..",
        "ml.dmlc..")
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
}
