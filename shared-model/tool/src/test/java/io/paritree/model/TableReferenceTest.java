package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.profile.BinCounts;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.NumberBins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A column that several tables read is in the reference once, by its values. */
class TableReferenceTest {
  @TempDir Path directory;

  @Test
  void aColumnHasTheBinsOfItsValuesOnceAndItsMissingValuesAreCounted() throws Exception {
    Random random = new Random(54);
    List<String> lines = new ArrayList<>(List.of("purpose,income,opened,branch,loan"));
    int gaps = 0;
    int cars = 0;
    for (int row = 0; row < 500; row++) {
      TableRecords.Values record = TableRecords.any(random);
      gaps += record.purpose() == null ? 1 : 0;
      cars += "car".equals(record.purpose()) ? 1 : 0;
      lines.add(record.csv());
    }

    Path csv = Files.write(directory.resolve("rows.csv"), lines);
    Path sealed = new TestPackages(directory.resolve("models")).withReference(csv).tables();
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    List<FeatureProfile> features = model.card().reference().orElseThrow().features();

    BinCounts purposes = features.get(0).bins().orElseThrow();
    CategoryBins bins = (CategoryBins) purposes.bins();
    assertThat(bins.values()).containsExactlyInAnyOrder("car", "tv", "boat");
    assertThat(purposes.counts().get(bins.values().indexOf("car"))).isEqualTo(cars);
    assertThat(features.get(0).missing()).isEqualTo(gaps);
    assertThat(features.get(0).unseen()).isPositive();
    assertThat(features.get(1).bins()).isEmpty();
    NumberBins incomes = (NumberBins) features.get(2).bins().orElseThrow().bins();
    assertThat(incomes.edges()).contains(0.1f, 1500.5f);
    assertThat(features.get(3).bins()).isEmpty();
    assertThat(features.get(4).bins().orElseThrow().bins()).isInstanceOf(CategoryBins.class);
    assertThat(((CategoryBins) features.get(6).bins().orElseThrow().bins()).values())
        .containsExactlyInAnyOrder("10", "20", "30");
  }
}
