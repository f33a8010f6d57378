package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.model.StoredModel;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.rows.InputException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists the models of a store, their versions and aliases.")
final class ListCommand implements Callable<Integer> {
  @Option(names = "--store", required = true, paramLabel = "DIR", description = "The store.")
  private String store;

  @Mixin private OutputFormat format;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Location root = Location.of(store);
    if (FileStore.of(root).find(root).isEmpty()) {
      throw new InputException("Cannot list %s: there is no such directory".formatted(store));
    }

    ModelStore models = new ModelStore(root);
    SortedMap<String, StoredModel> entries = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (String name : models.names()) {
      StoredModel model = StoredModel.read(models, name);
      problems.addAll(model.problems());
      entries.put(name, model);
    }

    format.print(() -> text(entries), out -> write(out, entries));
    problems.forEach(spec.commandLine().getErr()::println);
    return problems.isEmpty() ? ModelMain.OK : ModelMain.FAILED;
  }

  private static String text(SortedMap<String, StoredModel> entries) {
    return entries.entrySet().stream()
        .map(
            model ->
                "%s  versions %s  aliases %s%n"
                    .formatted(
                        model.getKey(), model.getValue().versions(), model.getValue().aliases()))
        .collect(Collectors.joining());
  }

  private static void write(JsonGenerator out, SortedMap<String, StoredModel> entries)
      throws IOException {
    JsonText.objects(
        out,
        "models",
        entries.entrySet(),
        entry -> {
          out.writeStringField("name", entry.getKey());
          JsonText.array(out, "versions", entry.getValue().versions(), out::writeNumber);
          out.writeObjectFieldStart("aliases");
          for (var alias : entry.getValue().aliases().entrySet()) {
            out.writeNumberField(alias.getKey(), alias.getValue());
          }

          out.writeEndObject();
        });
  }
}
