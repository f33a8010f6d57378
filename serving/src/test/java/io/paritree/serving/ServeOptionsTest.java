package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.config.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeOptionsTest {

  @Test
  void valuesFollowTheirOptionsOrAnEqualsSign() throws Exception {
    ServeOptions options =
        ServeOptions.of(
            "--model",
            "a@champion",
            "--model=b/2",
            "--conf",
            "x.conf",
            "--set",
            "a.b=c=d",
            "--set=log.requests=off",
            "--scores",
            "loans=/data/loan_scores",
            "--port",
            "9000",
            "--check");

    assertThat(options)
        .isEqualTo(
            new ServeOptions(
                List.of("a@champion", "b/2"),
                Map.of("loans", "/data/loan_scores"),
                Optional.of(Path.of("x.conf")),
                Map.of("a.b", "c=d", "log.requests", "off", "server.port", "9000"),
                true,
                false));
  }

  @Test
  void nothingGivenIsNothingSet() throws Exception {
    assertThat(ServeOptions.of())
        .isEqualTo(new ServeOptions(List.of(), Map.of(), Optional.empty(), Map.of(), false, false));
  }

  @Test
  void helpNamesEveryOption() throws Exception {
    assertThat(ServeOptions.of("--help").help()).isTrue();
    assertThat(ServeOptions.HELP)
        .contains(
            "--model", "--scores", "--port", "--conf", "--set", "--check", "--help", "Exit codes");
  }

  @ParameterizedTest
  @CsvSource({
    "--nonsense, Unknown option: '--nonsense'",
    "models/credit, Unknown option: 'models/credit'",
    "--model, Option --model needs a value",
    "--set, Option --set needs a value",
    "--model --check, Option --model needs a value",
    "--set=port, 'Cannot use --set port: expected KEY=VALUE'",
    "--set==1, 'Cannot use --set =1: expected KEY=VALUE'",
    "--check=yes, Option --check takes no value",
  })
  void wrongUsageIsRefusedWithWhatIsExpected(String argument, String message) {
    assertThatThrownBy(() -> ServeOptions.of(argument.split(" ")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void twoOutputsOfOneNameAreRefused() throws Exception {
    assertThatThrownBy(() -> ServeOptions.of("--scores", "a=/x", "--scores", "a=/y"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Cannot use --scores a=/y: a=/x is given too");
    assertThat(ServeOptions.of("--scores", "a=/x", "--scores", "a=/x").scores()).hasSize(1);
  }
}
