package io.paritree;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The arguments of a parameterized test, of which a push tries some ({@link Forms}). */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(SomeForms.Provider.class)
public @interface SomeForms {
  /** How many a push tries. */
  int count();

  /** All of them; arguments of one are separated by {@code |}. */
  String[] value();

  /** Chooses them. */
  final class Provider implements ArgumentsProvider, AnnotationConsumer<SomeForms> {
    private List<String> chosen;

    @Override
    public void accept(SomeForms forms) {
      chosen = Forms.some(forms.count(), List.of(forms.value()));
    }

    @Override
    public Stream<Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      return chosen.stream().map(form -> Arguments.of((Object[]) form.strip().split(" *[|] *")));
    }
  }
}
