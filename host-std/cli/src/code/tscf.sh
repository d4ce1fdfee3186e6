# Runs the function {{NAME}} of Tencent Cloud SCF: the command tscf.
tscf invoke {{FUNCTION}}{{ARGUMENTS}}
