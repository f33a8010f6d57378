package io.paritree.serving.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.serving.StoredOutput;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request reads the partitions that it began with, whatever is published meanwhile. */
class ScoresTableTest {
  @TempDir Path directory;
  private StoredOutput output;
  private final KeyBytes key = new KeyBytes();

  @BeforeEach
  void publish() throws Exception {
    KeyForm keys = new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0)));
    output = new StoredOutput(directory.resolve("loans"), keys, 1);
    keys.add(0, "1", key);
    publish(0.25f);
  }

  private void publish(float score) throws Exception {
    output.publish("", "m/1", rows -> rows.add(List.of("1"), "", score));
  }

  /** Returns a partition that was replaced two polls ago. */
  private OpenPartition replaced(int files) throws Exception {
    IndexDirectory own = new IndexDirectory(directory.resolve("own"), 1 << 20);
    ScoresTable table =
        new ScoresTable("loans", output.path().toString(), 1, new OpenFiles(files), own);
    assertThat(table.poll()).isTrue();
    OpenPartition begun = table.partitions().get(0);
    publish(0.5f);
    assertThat(table.poll()).isTrue();
    assertThat(table.poll()).isTrue();
    assertThat(table.partitions()).doesNotContain(begun);
    return begun;
  }

  @Test
  void aReplacedPartitionStaysOpenForWhatBeganBefore() throws Exception {
    OpenPartition begun = replaced(1_000);

    assertThat(begun.find(key))
        .get()
        .isInstanceOfSatisfying(
            Scored.class,
            row -> {
              assertThat(row.scores()).containsExactly(0.25f);
            });
  }

  @Test
  void whereFilesAreShortItIsClosedAtTheSecondPoll() throws Exception {
    OpenPartition begun = replaced(5);

    assertThatThrownBy(() -> begun.find(key)).isInstanceOf(ClosedChannelException.class);
  }
}
