package io.paritree.serving.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers read why a version was refused, and not where the server has its files. */
class RefusedVersionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/srv/my models/credit/4 | /srv/my models/credit/4/paritree.json: its digest differs | credit/4/paritree.json: its digest differs",
        "/srv/models/credit/4 | the alias names 4, but /srv/models/credit/4 is no package | the alias names 4, but credit/4 is no package",
        "hdfs://node:9/m/credit/4 | Cannot read hdfs://node:9/m/credit/4: gone (/tmp/x/part) | Cannot read credit/4: gone (part)",
        "models/credit@champion | Cannot open model models/credit@champion | Cannot open model models/credit@champion",
        "/m/credit/4 | objective binary:logistic, 1/2 of n/a, and/or | objective binary:logistic, 1/2 of n/a, and/or",
        "/m/credit/4 | file:///etc/secret/key and '/etc/other/key' | key and 'key'",
      })
  void reasonsForCallersHaveNoPlaces(String place, String why, String reason) {
    RefusedVersion refused = RefusedVersion.of(Optional.empty(), Instant.EPOCH, why, place);
    assertThat(refused.reason()).isEqualTo(reason);
  }
}
