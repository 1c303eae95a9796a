"""What whoever runs an installation does with it: first person, doctor, backup, demo."""
