import fc from 'fast-check';

/** A mutant is found as soon as a property fails; looking for the smallest counterexample would take most of the time. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
