package io.paritree.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.serving.config.TestConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpURI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For which hosts a port answers; {@code SecurityTest} has both ports of a server. */
class HostsTest {
  private static final String TOKEN = "[\"%s\"]".formatted("0".repeat(64));

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "10.0.0.255:80, true",
    "[::1]:8080, true",
    "[::ffff:7F00:1], true",
    "LocalHost.:1, true",
    "Scores.EXAMPLE.:80, true",
    "under_score.example, true",
    "paritree:8080, true",
    "scores.localhost., true",
    "ai., false",
    "evillocalhost.example, false",
    "evil.example, false",
    "localhost.evil.example:80, false",
    "evil.scores.example, false",
    "127.0.0.1.evil.example, false",
    "256.0.0.1, false",
    "1.2.3, false",
    "0127.0.0.1, false",
    "localhost.., false",
    "., false",
  })
  void addressesNamesThatAreNotPublicAndNamedHostsAreAnswered(String host, boolean answered)
      throws Exception {
    assertThat(
            answers(
                host, Map.of("security.hosts", "[\"scores.Example\", \"under_score.example\"]")))
        .isEqualTo(answered);
  }

  @Test
  void tokensOrOtherMachinesAllowAnyHost() throws Exception {
    assertThat(answers("evil.example", Map.of())).isFalse();
    assertThat(answers("evil.example", Map.of("security.score-tokens", TOKEN))).isTrue();
    assertThat(answers("evil.example", Map.of("security.admin-tokens", TOKEN))).isFalse();
    assertThat(answers("evil.example", Map.of("server.host", "localhost"))).isFalse();
    assertThat(answers("bound.example", Map.of("server.host", "bound.example"))).isTrue();
    assertThat(answers("evil.example", Map.of("security.open-beyond-loopback", "true"))).isFalse();
    assertThat(
            answers(
                "evil.example",
                Map.of("server.host", "\"0.0.0.0\"", "security.open-beyond-loopback", "true")))
        .isTrue();
  }

  @Test
  void managementPortHasNoTokensSoOnlyOtherMachinesAllowAnyHost() throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("security.score-tokens", TOKEN));
    HttpURI evil = HttpURI.from("http://evil.example/metrics");
    assertThat(Hosts.ofManagement(TestConfig.read(Optional.empty(), settings)).refusal(evil))
        .isPresent();
    settings.put("management.host", "\"::\"");
    settings.put("security.open-beyond-loopback", "true");
    assertThat(Hosts.ofManagement(TestConfig.read(Optional.empty(), settings)).refusal(evil))
        .isEmpty();
  }

  private static boolean answers(String host, Map<String, String> settings) throws Exception {
    return Hosts.ofCallers(TestConfig.read(Optional.empty(), settings))
        .refusal(HttpURI.from("http://%s/v1/models".formatted(host)))
        .isEmpty();
  }
}
