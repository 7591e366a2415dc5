// Links one whole library with just the dependencies that its layer may use; running it proves it.
int main() { return 0; }
