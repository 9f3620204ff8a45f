print("miclip")
