package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.proof.AdversarialRecords;
import io.paritree.proof.AskedReasons;
import io.paritree.proof.EngineForm;
import io.paritree.proof.ParityTrial;
import io.paritree.proof.TriedRecords;
import io.paritree.proof.TriedServer;
import io.paritree.proof.Way;
import io.paritree.proof.WayResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server gives the bits, the reasons and the faults of the specification, also for records with
 * values at edges.
 */
class ProvedServerTest {
  private static final long SEED = Seed.next();
  private static final int RECORDS = 1_500;
  private static final int REASONS = 3;

  @TempDir private Path directory;

  @Test
  void eachWayToAskAnswersAsTheSpecification() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    Path late = packages.reasons();
    Path classes = packages.classes();
    try (RunningServer server =
        RunningServer.start(List.of(late.toString(), classes.toString()), Map.of())) {
      for (Path place : List.of(late, classes)) {
        AskedReasons asked =
            new AskedReasons(
                REASONS, place.equals(late) ? ContributionMode.FAST : ContributionMode.EXACT);
        List<WayResult> results = results(place, "http://127.0.0.1:" + server.port(), asked);

        List<String> ways = new ArrayList<>(TriedServer.names());
        ways.add(0, EngineForm.SPEC.word());
        if (place.equals(classes)) { // which is not served first
          ways.remove("invocations");
        }

        assertThat(results).extracting(WayResult::name).isEqualTo(ways);
        for (WayResult result : results) {
          assertThat(result.different()).as("%s, seed %s", result, SEED).isZero();
          assertThat(result.compared()).as(result.toString()).isGreaterThan(RECORDS / 8);
          assertThat(result.explained()).as(result.toString()).isGreaterThan(RECORDS / 16);
        }
      }

      ScoringModel other = Opening.open(packages.wide(3, 2, 2).toString(), EngineKind.FOREST);
      assertThatThrownBy(() -> TriedServer.of("http://127.0.0.1:" + server.port(), "", other))
          .hasMessageContaining("answers 404, expected the model wide/1 with the digest");
    }
  }

  private List<WayResult> results(Path place, String url, AskedReasons asked) throws Exception {
    ModelFiles files = ModelFiles.read(place.toString());
    ScoringModel model = Opening.open(files, EngineKind.FOREST);
    AdversarialRecords edges = new AdversarialRecords(model, SEED);
    TriedRecords records =
        TriedRecords.write(
            model.schema(),
            Stream.generate(() -> edges.next(edges.generated())).limit(RECORDS).iterator(),
            directory.resolve("records"));
    TriedServer server = TriedServer.of(url, "", model);
    List<Way> ways = new ArrayList<>();
    ways.add(EngineForm.SPEC.of(model, files, asked).orElseThrow());
    ways.addAll(server.ways(model, asked));
    return new ParityTrial(records, ways, 2).run();
  }
}
