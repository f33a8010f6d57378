package io.paritree.spark.rows;

import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.spark.blocks.BlockSource;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.files.ScoredFiles;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.keys.KeyHasher;
import io.paritree.spark.keys.KeyHashes;
import io.paritree.spark.rows.ScoreTask.Orders;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan;
import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Scores the blocks of one task attempt, and writes the results. Not thread-safe. */
final class TaskRows {
  private final TaskPlan plan;
  private final ScoringModel model;
  private final Engine engine;
  private final BlockEncoder encoder;
  private final RowFaults faults = new RowFaults(TaskPlan.BLOCK_ROWS);
  private final float[] slots;
  private final float[] margins;
  private final float[] scores;
  private final ScoredFiles scored;
  private final Quarantine quarantine;
  private final StatedPartition stated;
  private final KeyHasher hasher;
  private final KeyHashes keys;
  private final String attempt;
  private final ExplanationColumns explanation; // null if none is requested
  private final CopiedColumns carried;
  private final SpecificInternalRow output;
  private final UTF8String[] labels;
  private final Tally tally;

  /**
   * Where the rows of a file belong.
   *
   * @param seed of the hashes of their keys
   */
  private record Source(SourceFile file, String partition, PartitionCounts count, long seed) {}

  /**
   * @param attempt a name that no other task attempt of the run has
   */
  TaskRows(Orders orders, InputFormat format, ScoringModel model, int task, String attempt) {
    this.plan = orders.plan();
    this.model = model;
    this.engine = model.engine();
    this.encoder = new BlockEncoder(model.schema(), plan, format);
    this.tally = Tally.of(encoder.missing(), encoder.unseen());
    this.slots = new float[engine.width() * TaskPlan.BLOCK_ROWS];
    this.margins =
        plan.output().margins() == 0 ? null : new float[engine.outputs() * TaskPlan.BLOCK_ROWS];
    this.scores = new float[engine.scores() * TaskPlan.BLOCK_ROWS];
    this.attempt = attempt;
    Path directory = plan.isSample() ? null : new Path(plan.files().tasks(), attempt);
    String number = String.format(Locale.ROOT, "%05d", task);
    String prefix = "part-%s-%s-%s".formatted(number, plan.files().run(), attempt);
    this.scored = new ScoredFiles(plan, orders.writers(), directory, attempt, prefix);
    this.quarantine =
        new Quarantine(
            plan,
            orders.quarantineWriters(),
            directory,
            "quarantine-%s-%s".formatted(number, attempt),
            tally.faults());
    this.stated = new StatedPartition(plan, !Encryption.isConfigured(orders.writers().hadoop()));
    boolean hashes = plan.keys().buckets() > 0 && !plan.isSample();
    this.hasher = hashes ? KeyHasher.of(plan.keyTypes()).orElseThrow() : null;
    this.keys =
        hashes
            ? new KeyHashes(
                orders.writers().hadoop(),
                new Path(directory, "keys-%s-%s".formatted(number, attempt)),
                plan.keys().buckets(),
                plan.keys().secret())
            : null;
    this.output = new SpecificInternalRow(plan.output().columns());
    this.carried = new CopiedColumns(plan, plan.output().carried(), Copier::of);
    int explained =
        carried.count()
            + engine.scores()
            + plan.output().margins()
            + (plan.output().hasLabel() ? 1 : 0);
    this.explanation =
        plan.output().explanation() == null ? null : new ExplanationColumns(plan, model, explained);
    this.labels = ScoreFields.labels(model);

    int constant = plan.output().columns().size() - plan.output().constants().size();
    for (Serializable value : plan.output().constants()) {
      output.update(constant++, value);
    }
  }

  Tally score(BlockSource blocks) throws IOException {
    UTF8String seen = null;
    Source source = null; // of the last block
    String partition = null; // of the last rows
    for (InputBlock block = blocks.next(); block != null; block = blocks.next()) {
      if (block.rows() == 0) {
        continue;
      }

      UTF8String now = blocks.file();
      if (now != seen && !now.equals(seen)) {
        if (SourceFile.isUnnamed(now, plan.input().root())) {
          tally.unreadable().add(SourceFile.UNNAMED);
          break;
        }

        seen = now;
        source = source(now.toString());
      }

      if (source != null) {
        if (!source.partition.equals(partition)) {
          finishExplained(partition);
          partition = source.partition;
        }

        Optional<String> problem = stated.problem(block, source.file);
        if (problem.isPresent()) {
          tally.unreadable().add(problem.get());
          break;
        }

        score(block, source);
      }
    }

    finishExplained(partition);
    tally.scored().addAll(scored.close());
    tally.quarantined().addAll(quarantine.close(attempt));
    if (keys != null) {
      tally.keys().addAll(keys.close(attempt));
    }

    tally.scores().pack();
    tally.unreadable().addAll(blocks.unreadable());
    return tally;
  }

  /** Returns where the rows of a file belong; null if the run does not read it. */
  private Source source(String reported) {
    if (!SourceFile.isRead(reported, plan.input().root())) {
      return null;
    }

    SourceFile file = SourceFile.of(reported, plan.input().root());
    String partition = plan.partition(file.partition());
    return new Source(file, partition, tally.counts(partition), KeyHasher.seed(partition));
  }

  private void score(InputBlock block, Source source) {
    int rows = block.rows();
    faults.clear();
    encoder.encode(block, source.file, slots, faults);
    engine.scoreColumns(slots, TaskPlan.BLOCK_ROWS, rows, margins, scores);
    for (int row = 0; row < rows; row++) {
      if (faults.isFaulty(row)) {
        quarantine.add(block, source.file, source.partition, source.count, row, faults.of(row));
      } else {
        write(block, source, row);
      }
    }

    source.count.addQuarantined(faults.faulty());
    source.count.addScored(rows - faults.faulty());
  }

  private void write(InputBlock block, Source source, int row) {
    carried.copy(block, source.file, row, output);
    int to = carried.count();
    if (keys != null) {
      keys.add(hasher.hash(output, source.seed));
    }

    int perRow = engine.scores();
    tally.scores().add(scores[row * perRow]);
    for (int index = 0; index < perRow; index++) {
      output.setFloat(to++, scores[row * perRow + index]);
    }

    for (int index = 0; index < plan.output().margins(); index++) {
      output.setFloat(to++, margins[row * plan.output().margins() + index]);
    }

    if (plan.output().hasLabel()) {
      output.update(to++, labels[model.outputs().classIndex(scores, row * perRow)]);
    }

    if (explanation == null || !explanation.hold(block, source.file, row, slots, scores, output)) {
      finish(source.partition, output);
    } else if (explanation.isFull()) {
      finishExplained(source.partition);
    }
  }

  /** Writes the rows that are held until they are explained; they are of one partition. */
  private void finishExplained(String partition) {
    if (explanation != null) {
      explanation.explain().forEach(row -> finish(partition, row));
    }
  }

  /** Writes a row that is complete. */
  private void finish(String partition, InternalRow row) {
    if (!plan.isSample()) {
      scored.write(partition, row);
    }
  }
}
