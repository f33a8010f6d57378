package io.paritree.serving.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.TestPackages;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.metrics.StoreWaits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions beside those in service are opened when they are asked for. */
class StoredVersionsTest {
  @TempDir Path directory;

  @Test
  void aVersionThatWasHalfCopiedAtOneLookIsOpenedAfterAWhile() throws Exception {
    TestPackages packages = new TestPackages(directory);
    packages.binary(1, 6);
    Path second = packages.binary(2, 7).resolve("model.ubj");
    byte[] whole = Files.readAllBytes(second);
    AtomicLong nanos = new AtomicLong();
    ServerMetrics metrics = new ServerMetrics();
    ServingConfig config =
        TestConfig.read(
            Optional.empty(),
            Map.of("models.warm-up-rows", "0"),
            directory.resolve("parcel-late/1").toString());
    Models models = new Models();
    models.open(config, metrics).await();
    StoreWaits waits = new StoreWaits(4);
    StoredVersions versions =
        new StoredVersions(models, UnknownFields.REJECT, metrics, waits, nanos::get);
    Files.write(second, new byte[10]);
    assertThat(versions.find("parcel-late/2")).isEmpty();
    Files.write(second, whole);
    assertThat(versions.find("parcel-late/2")).as("it is not read for each request").isEmpty();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(31));

    assertThat(waits.enter()).isTrue();
    assertThat(waits.enter()).isTrue();
    assertThatThrownBy(() -> versions.find("parcel-late/2"))
        .as("half of the permits wait for stores, and the others are for scoring")
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(503));
    waits.leave();
    assertThat(versions.find("parcel-late/2")).isPresent();
    assertThat(waits.enter()).as("a request that was answered left its place").isTrue();
    assertThat(versions.find("parcel-late/2")).as("it is open, and nobody waits").isPresent();
  }
}
